import { cutText } from '../../protocol/text.ts'

/**
 * What a text is searched by. Everything that is indexed and everything that is asked goes through here,
 * so the index's own tokenizer has nothing left to decide. See docs/decisions/0006-search.md.
 */

/** One term of a text, at `[start, end)` of it in UTF-16 units. */
export interface Term {
  term: string
  start: number
  end: number
  /** Where the second of its two characters ends, if the term is such a pair; else `end`. */
  pairEnd: number
  /** The term stands for one character of a script without spaces, which ends there. */
  isLast: boolean
}

/** A longer word is found by its beginning: nobody types more, and an index term has to end somewhere. */
const MAX_TERM_LENGTH = 64

/** Scripts whose words are not told apart by spaces, or not by spaces alone (Korean endings). */
const UNSPACED =
  '[[\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}]&&\\p{L}]'
/** One character as its reader sees it: with its vowel signs, and half-width voicing marks. */
const UNIT = `${UNSPACED}[\\p{M}\\uff9e\\uff9f]*`
/** What may stand inside a word without being seen: joiners, soft hyphen, the Arabic stroke. */
const UNSEEN = '\\u00ad\\u0640\\u200c\\u200d'
const WORD = `[[\\p{L}\\p{N}]--${UNSPACED}][[\\p{L}\\p{N}\\p{M}${UNSEEN}]--${UNSPACED}]*`
const TONE = '[\\ufe0e\\ufe0f\\p{EMod}]'
const PICTURE = `\\p{ExtPict}${TONE}*[\\u{e0020}-\\u{e007f}]*`
const EMOJI = `\\p{RI}\\p{RI}|[0-9]\\ufe0f?\\u20e3|${PICTURE}(?:\\u200d${PICTURE})*`

const RUN = new RegExp(`(?<emoji>${EMOJI})|(?<units>(?:${UNIT})+)|(?<word>${WORD})`, 'gv')
const UNITS = new RegExp(UNIT, 'gv')
const TONES = new RegExp(TONE, 'gv')
const UNSEENS = new RegExp(`[${UNSEEN}]`, 'gv')
/** Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic; no vowels of Indic scripts. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g
/** Letters that are told apart by more than an accent that can be taken off. */
const LIKE: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
  ى: 'ي',
  ة: 'ه',
}
const UNLIKE = new RegExp(`[${Object.keys(LIKE).join('')}]`, 'g')
/** Compatibility forms such as ⑴ bring signs that no term has. */
const NO_TERM = /[\0-/:-`{-\x7f]+/

/** The terms of a text in order, each once for each place. */
export function* termsIn(text: string): Generator<Term> {
  for (const match of text.matchAll(RUN)) {
    const [run] = match
    const start = match.index
    const end = start + run.length
    if (match.groups?.['units'] !== undefined) {
      yield* pairsIn(run, start)
    } else if (match.groups?.['emoji'] !== undefined) {
      yield { term: run.replace(TONES, ''), start, end, pairEnd: end, isLast: false }
    } else {
      for (const part of fold(run).split(NO_TERM)) {
        const term = cutText(part, MAX_TERM_LENGTH)
        if (term !== '') yield { term, start, end, pairEnd: end, isLast: false }
      }
    }
  }
}

/**
 * Every two neighbours of a run, and the last one by itself: so whatever part of the run is asked for is
 * found, wherever a dictionary would see words end.
 */
function* pairsIn(run: string, offset: number): Generator<Term> {
  const units = PLAIN_RUN.test(run)
    ? Array.from(run, (text, i) => ({ text, start: offset + i, end: offset + i + 1 }))
    : Array.from(run.matchAll(UNITS), ({ 0: unit, index }) => ({
        text: fold(unit),
        start: offset + index,
        end: offset + index + unit.length,
      }))
  for (const [index, { text, start, end }] of units.entries()) {
    const next = units[index + 1]
    yield {
      term: cutText(text + (next?.text ?? ''), MAX_TERM_LENGTH),
      start,
      end,
      pairEnd: next?.end ?? end,
      isLast: next === undefined,
    }
  }
}

/** Upper and lower case, accents, and forms of one letter are one. */
function fold(text: string): string {
  if (ASCII_WORD.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(UNSEENS, '')
    .replace(UNLIKE, (letter) => LIKE[letter] ?? letter)
}

/** What has nothing to fold but its case: most of what is written. */
const ASCII_WORD = /^[0-9A-Za-z]+$/
/** Characters of one unit each that folding leaves as they are: most Chinese, Japanese and Korean. */
const PLAIN_RUN = /^[\u4e00-\u9fff\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]+$/
