import type { english } from './text.en.ts'

/** What every language has words for. */
export type Text = typeof english

/**
 * The words in the language of the page, read when they are shown and not kept; set before anything is. Not
 * a signal: what reads one is drawn anew only when its own properties change, and most of what is shown here
 * follows the client.
 */
export let text: Text

/** All that is on the page has to be drawn anew after this (web/language/language.ts). */
export function setText(words: Text): void {
  text = words
}
