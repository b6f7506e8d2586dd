import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_QUERY_TERMS } from '../../protocol/limits.ts'
import { termsIn, type Term } from './search-terms.ts'

/** What somebody types into a search, and how a text is held against it. */

/** Terms that stand beside one another. */
interface Phrase {
  terms: string[]
  /** The last of them may go on. */
  isPrefix: boolean
}

/** All of these have to be found. */
export type SearchQuery = Phrase[]

/** `[start, end)` in UTF-16 units. */
export type Mark = [start: number, end: number]

const QUOTES = /["“”„«»]/

/**
 * Words, and phrases in quotes; the last word may be the beginning of one. Everything else, operators of
 * other searches included, is text. Refuses `invalid` for what has nothing to look for, and for more than
 * MAX_QUERY_TERMS terms.
 */
export function parseQuery(text: string): Result<SearchQuery> {
  const query: SearchQuery = []
  let isLastQuoted = false
  // What stands at odd places was between quotes; a quote that is not closed ends with the text.
  for (const [index, part] of text.split(QUOTES).entries()) {
    const isQuoted = index % 2 === 1
    for (const words of isQuoted ? [part] : part.split(/\s+/)) {
      const phrase = phraseOf([...termsIn(words)])
      if (!phrase) continue
      query.push(phrase)
      isLastQuoted = isQuoted
    }
  }
  const last = query.at(-1)
  if (!last) return fail('invalid', 'q: there is no word to look for')
  if (!isLastQuoted) last.isPrefix = true
  const count = query.reduce((sum, { terms }) => sum + terms.length, 0)
  if (count > MAX_QUERY_TERMS) return fail('invalid', `q: at most ${MAX_QUERY_TERMS} words`)
  return ok(query)
}

function phraseOf(terms: Term[]): Phrase | null {
  const last = terms.at(-1)
  if (!last) return null
  const words = terms.map(({ term }) => term)
  if (!last.isLast) return { terms: words, isPrefix: false }
  // In a text the run may go on: there the last character is the beginning of a pair.
  const isPair = terms.at(-2)?.pairEnd === last.end
  return isPair ? { terms: words.slice(0, -1), isPrefix: false } : { terms: words, isPrefix: true }
}

/** Where a text has what was asked for, in order; null unless it has all of it. */
export function findMarks(query: SearchQuery, text: string): Mark[] | null {
  const terms = [...termsIn(text)]
  const marks: Mark[] = []
  for (const phrase of query) {
    const found = terms.flatMap((_, at) => markAt(phrase, terms, at) ?? [])
    if (found.length === 0) return null
    for (const mark of found) marks.push(mark)
  }
  return merge(marks)
}

function markAt({ terms, isPrefix }: Phrase, text: readonly Term[], at: number): Mark[] | null {
  const lastIndex = terms.length - 1
  for (const [index, term] of terms.entries()) {
    const found = text[at + index]?.term
    const fits = index === lastIndex && isPrefix ? found?.startsWith(term) : found === term
    if (!fits) return null
  }
  const [first, last] = [text[at], text[at + lastIndex]]
  if (!first || !last) return null
  return [[first.start, last.term === terms[lastIndex] ? last.pairEnd : last.end]]
}

/** Marks in order of their place, those that touch or overlap as one. */
function merge(marks: Mark[]): Mark[] {
  const merged: Mark[] = []
  for (const [start, end] of marks.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** Stands for the channel in the terms of an expression; no term contains it. */
export const CHANNEL_PLACE = '$'

/**
 * The query as an expression of FTS5, for one channel: each term in quotes and with the channel before
 * it, so nothing that was typed is syntax. With a sender only what they wrote.
 */
export function toExpression(query: SearchQuery, userId: string | null): string {
  const phrases = query.map(({ terms, isPrefix }) => {
    const words = terms.map((term) => CHANNEL_PLACE + term).join(' ')
    return `"${words}"${isPrefix ? ' *' : ''}`
  })
  if (userId !== null) phrases.push(`"${CHANNEL_PLACE}${senderTerm(userId)}"`)
  return phrases.join(' AND ')
}

/** Stands in the index of a message for who sent it; no word has an @. */
export function senderTerm(userId: string): string {
  return `@${userId}`
}
