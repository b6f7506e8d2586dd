import { SNIPPET_LENGTH } from '../../protocol/limits.ts'
import type { Mark } from '../db/search-query.ts'

/** How much stands before the first mark. */
const LEAD = 40
/** How far a cut may move to fall between words. */
const LEEWAY = 16
const CUT = '…'

/** A piece of a text around its first mark, and the marks in it. */
export function snippetOf(
  text: string,
  marks: readonly Mark[],
): { snippet: string; marks: Mark[] } {
  const from = startOf(text, marks[0]?.[0] ?? 0)
  const to = endOf(text, from + SNIPPET_LENGTH)
  const head = from > 0 ? CUT : ''
  const shift = head.length - from
  const inside = marks
    .filter(([start]) => start < to)
    .map(([start, end]): Mark => [start + shift, Math.min(end, to) + shift])
  return { snippet: head + text.slice(from, to) + (to < text.length ? CUT : ''), marks: inside }
}

function startOf(text: string, mark: number): number {
  const from = mark - LEAD
  if (from <= 0) return 0
  const blank = text.slice(from, from + LEEWAY).search(/\s/)
  return blank < 0 ? wholeCharacter(text, from) : from + blank + 1
}

function endOf(text: string, to: number): number {
  if (to >= text.length) return text.length
  const blank = text.slice(to - LEEWAY, to).search(/\s\S*$/)
  return blank < 0 ? wholeCharacter(text, to) : to - LEEWAY + blank
}

/** Never between the halves of a pair of surrogates. */
function wholeCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}

/** Where a text names somebody as `@handle`; nowhere if they are called otherwise now. */
export function handleMarks(text: string, handle: string | null): Mark[] {
  if (handle === null) return []
  const name = `@${handle}`
  const lower = text.toLowerCase()
  // Lower case may be longer: then the places in it would not be those in the text.
  const where = lower.length === text.length ? lower : text
  return Array.from(where.matchAll(new RegExp(`${name}(?!\\w)`, 'g')), ({ index }) => [
    index,
    index + name.length,
  ])
}
