/**
 * Unicode code points in `text`; a pair of surrogates counts once. Stops at `limit + 1`, so a huge
 * text costs no more than a long one.
 */
export function countCodePoints(text: string, limit = Number.MAX_SAFE_INTEGER): number {
  let count = 0
  for (let i = 0; i < text.length && count <= limit; i++, count++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) i++
  }
  return count
}

/** The first `length` code points of `text`, never cut through a pair of surrogates. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  let end = 0
  for (let count = 0; count < length && end < text.length; count++) {
    const unit = text.charCodeAt(end)
    end += unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(end + 1)) ? 2 : 1
  }
  return text.slice(0, end)
}

/** Bytes of `text` in UTF-8 (for well-formed text), without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    // Each half of a pair of surrogates counts as 2, which makes the 4 bytes of the pair.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** `@all`: everyone in a group, if an admin says so. Nobody's handle. */
export const ALL_MEMBERS = 'all'

const HANDLE_IN_TEXT = /(?<![\w@])@[a-z0-9_]{3,24}(?!\w)/gi

/** A text in pieces: those that name a handle as `@handle`, with it in lower case, and all others. */
export function splitHandles(text: string): { text: string; handle: string | null }[] {
  const parts: { text: string; handle: string | null }[] = []
  let from = 0
  for (const { 0: match, index } of text.matchAll(HANDLE_IN_TEXT)) {
    if (index > from) parts.push({ text: text.slice(from, index), handle: null })
    parts.push({ text: match, handle: match.slice(1).toLowerCase() })
    from = index + match.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), handle: null })
  return parts
}

/** The handles named in a text as `@handle`, in lower case, each once. */
export function handlesIn(text: string): string[] {
  const named = text.match(HANDLE_IN_TEXT) ?? []
  return [...new Set(named.map((match) => match.slice(1).toLowerCase()))]
}
