/** As many are shown large; one of them has at most 15 units of UTF-16. */
const MOST = 3
const MAX_UNITS = MOST * 16

let pattern: RegExp | undefined

/** Whether a message is a few emoji and nothing else. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > MAX_UNITS) return false
  // With the v flag, which an engine is asked for only here.
  pattern ??= new RegExp(`^(?:(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic})\\s?){1,${MOST}}$`, 'v')
  return pattern.test(text)
}
