import { laterGerman } from '../web/later-text.de.ts'
import { laterEnglish } from '../web/later-text.en.ts'
import { german } from '../web/text.de.ts'
import { english } from '../web/text.en.ts'

/** All words of the page, those of the screens that come later too. */
export const ENGLISH = { ...english, ...laterEnglish }
export type Words = typeof ENGLISH
export const GERMAN: Words = { ...german, ...laterGerman }
