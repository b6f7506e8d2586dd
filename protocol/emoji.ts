import { MAX_EMOJI_UNITS } from './limits.ts'

/**
 * What counts as one emoji: those that Unicode recommends for general interchange (RGI), sequences such as
 * flags, keycaps and families included.
 */

let rgiEmoji: RegExp | undefined

/** The v flag is made use of only here, on first use: engines without it can still load the module. */
function isRgiEmoji(text: string): boolean {
  rgiEmoji ??= new RegExp('^\\p{RGI_Emoji}$', 'v')
  return rgiEmoji.test(text)
}

const VARIATION_SELECTOR = '\ufe0f'

/**
 * The emoji in its fully qualified form, or null if the text is not exactly one emoji. Keyboards leave the
 * variation selector out, so that a heart would be two different reactions: what shows as text without it
 * gets it, unless a skin tone follows.
 */
export function canonicalEmoji(text: string): string | null {
  if (text.length > MAX_EMOJI_UNITS) return null
  if (isRgiEmoji(text)) return text
  const qualified = text
    .replaceAll(VARIATION_SELECTOR, '')
    .replace(
      /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu,
      (character) => character + VARIATION_SELECTOR,
    )
  return isRgiEmoji(qualified) ? qualified : null
}
