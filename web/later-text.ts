import { followLanguage } from './language/language.ts'
import type { laterEnglish } from './later-text.en.ts'

/** What every language has words for on the screens that come later. */
export type LaterText = typeof laterEnglish

/**
 * The words of the screens that no first chat needs, in the language of the page; like `text`. Who imports
 * this waits for them, so nothing that is loaded with the page may.
 */
export let laterText: LaterText

await followLanguage((words) => {
  laterText = words
})
