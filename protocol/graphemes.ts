import { cutText } from './text.ts'

let segmenter: Intl.Segmenter | null = null

/**
 * The first `length` code points of `text` or a little less: never cut within what a reader takes for one
 * character, such as a family of emoji or a letter with its accents.
 */
export function cutGraphemes(text: string, length: number): string {
  const { length: end } = cutText(text, length)
  if (end === text.length) return text
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  // What comes after the cut decides whether it is within a character; a look at a little of it will do.
  const around = segmenter.segment(cutText(text, length + LOOK_AHEAD))
  const border = around.containing(end)?.index ?? end
  // Accents without end are no character that anybody reads.
  return text.slice(0, border > 0 ? border : end)
}

/** Longer than any emoji. */
const LOOK_AHEAD = 32

/** What a reader takes for characters, in order. */
export function graphemes(text: string): Iterable<{ segment: string }> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}
