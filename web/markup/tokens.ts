import { blocksOf } from './blocks.ts'
import { linkEnd } from './links.ts'

/**
 * The formatting of messages: `**bold**`, `_italic_`, `~~struck~~`, `` `code` ``, code blocks between lines of
 * three backticks, and links. A message is always stored and sent as it was written; this only says how it is shown.
 * The tokens put together are the message again, and finding them takes time in proportion to its length.
 */
export interface Token {
  /** `marker`: what is not shown, since what it marks is shown otherwise; `handle`: `@handle`, anybody's. */
  kind: 'text' | 'marker' | 'link' | 'handle' | 'code' | 'block'
  text: string
  /** What the text is, together: of `STYLES`. */
  styles: readonly Style[]
}

export type Style = 'strong' | 'em' | 's'

const STYLE_OF: Record<string, Style> = { '**': 'strong', _: 'em', '~~': 's' }

/**
 * What may begin something. No marker stands within an address or a handle; of runs of one character, only
 * those that are as long as a marker mean anything.
 */
const SPECIAL =
  /(?<![a-z0-9])(?:https?:\/\/|www\.(?=\w))[^\s<>"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+|(?<![\w@])@\w{3,24}(?!\w)|`+|\*+|_+|~+/gi

/** Before an opening marker and after a closing one stands no letter: `snake_case` and `2**3**4` are no formatting. */
const WORD = /[\p{L}\p{N}]/u
/** Of scripts that set no space between words, nobody could format one otherwise. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
/** What makes a face of `_`, or is part of a longer name: -_- ^_^ >_< a@_b */
const EYE = /[-.;\\^<>=+|@/]/

/** More formatting than anybody reads would be more elements than a page can bear: such a message is only text. */
const MAX_TOKENS = 5_000

export function tokensOf(source: string): Token[] {
  const tokens = blocksOf(source).flatMap(({ kind, text }) =>
    kind === 'paragraph' ? inline(text) : [{ kind, text, styles: [] }],
  )
  return tokens.length > MAX_TOKENS ? [{ kind: 'text', text: source, styles: [] }] : tokens
}

/** A piece of a paragraph; a marker is text until the one that closes it is found. */
interface Piece {
  kind: Token['kind']
  text: string
  style?: Style
  /** The style begins (1) or ends (-1) here. */
  turn?: 1 | -1
}

function inline(paragraph: string): Token[] {
  const pieces = split(paragraph)
  // One opening marker of each style at most: so nothing is nested deeper than there are styles.
  let open: Piece[] = []
  let at = 0
  for (const piece of pieces) {
    const end = at + piece.text.length
    if (piece.style !== undefined) {
      const before = paragraph.slice(Math.max(0, at - 2), at)
      const after = paragraph.slice(end, end + 2)
      const opener = open.find(({ style }) => style === piece.style)
      if (opener !== undefined && mayClose(before, after)) {
        opener.turn = 1
        piece.turn = -1
        opener.kind = piece.kind = 'marker'
        open = open.slice(0, open.indexOf(opener))
      } else if (mayOpen(before, after, piece.style)) {
        open = [...open.filter((other) => other !== opener), piece]
      }
    }
    at = end
  }
  return styled(pieces)
}

function styled(pieces: readonly Piece[]): Token[] {
  const tokens: Token[] = []
  let styles: readonly Style[] = []
  for (const { kind, text, style, turn } of pieces) {
    if (style !== undefined && turn === 1) styles = styles.concat(style)
    if (turn === -1) styles = styles.filter((other) => other !== style)
    const last = tokens.at(-1)
    // What turned out to be no marker is part of the text around it.
    if (last?.kind === 'text' && kind === 'text' && last.styles === styles) last.text += text
    else tokens.push({ kind, text, styles })
  }
  return tokens
}

function split(paragraph: string): Piece[] {
  const pieces: Piece[] = []
  const special = new RegExp(SPECIAL)
  const closing = codeEnds(paragraph)
  let from = 0
  const add = (kind: Piece['kind'], to: number, style?: Style) => {
    if (to > from) pieces.push({ kind, text: paragraph.slice(from, to), ...(style && { style }) })
    from = special.lastIndex = to
  }
  for (let match = special.exec(paragraph); match !== null; match = special.exec(paragraph)) {
    const [found] = match
    const { index } = match
    const end = index + found.length
    const codeEnd = closing.get(index)
    if (found.startsWith('`')) {
      if (codeEnd === undefined) continue
      add('text', index)
      add('marker', end)
      add('code', codeEnd - found.length)
      add('marker', codeEnd)
    } else if (found.startsWith('@')) {
      add('text', index)
      add('handle', end)
    } else if (/^[hw]/i.test(found)) {
      add('text', index)
      const length = linkEnd(found)
      add(length === 0 ? 'text' : 'link', index + (length || found.length))
    } else if (STYLE_OF[found] !== undefined) {
      add('text', index)
      add('text', end, STYLE_OF[found])
    }
  }
  add('text', paragraph.length)
  return pieces
}

/** For each run of backticks that opens code, where the code and the run that closes it end. */
function codeEnds(paragraph: string): Map<number, number> {
  const ends = new Map<number, number>()
  const nextOfLength = new Map<number, number>()
  // From the end, so that the next run of the same length is known without looking for it.
  for (const { 0: run, index } of [...paragraph.matchAll(/`+/g)].toReversed()) {
    const next = nextOfLength.get(run.length)
    if (next !== undefined) ends.set(index, next + run.length)
    nextOfLength.set(run.length, index)
  }
  return ends
}

function mayOpen(before: string, after: string, style: Style): boolean {
  const last = lastOf(before)
  return /^\S/.test(after) && !isWord(last) && !(style === 'em' && EYE.test(last))
}

function mayClose(before: string, after: string): boolean {
  return /\S$/.test(before) && !isWord(firstOf(after))
}

function isWord(character: string): boolean {
  return WORD.test(character) && !SPACELESS.test(character)
}

function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0x20)
}

function lastOf(text: string): string {
  return [...text].at(-1) ?? ' '
}
