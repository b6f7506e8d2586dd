import { computed, signal } from '@preact/signals'
import { keep, kept } from '../state/kept.ts'
import type { LaterText } from '../later-text.ts'
import { setText, type Text } from '../text.ts'

interface Language {
  /** BCP 47. */
  tag: string
  /** As those call it who speak it. */
  name: string
  dir: 'ltr' | 'rtl'
  /** Its words, which come only when they are asked for (web/public/appearance.js asks early). */
  load: () => Promise<Text>
  /** Those of the screens that come later. */
  loadLater: () => Promise<LaterText>
}

const ENGLISH: Language = {
  tag: 'en',
  name: 'English',
  dir: 'ltr',
  load: loadEnglish,
  loadLater: loadLaterEnglish,
}

export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  {
    tag: 'de',
    name: 'Deutsch',
    dir: 'ltr',
    load: async () => (await import('../text.de.ts')).german,
    loadLater: async () => (await import('../later-text.de.ts')).laterGerman,
  },
]

/** Not offered. Whoever keeps their tag as the choice sees whether the page holds in any language. */
const MADE_UP: readonly Language[] = [
  { tag: 'en-XA', name: 'Accents', dir: 'ltr', load: loadPseudo, loadLater: loadLaterPseudo },
  {
    tag: 'ar-XB',
    name: 'From the right',
    dir: 'rtl',
    load: loadPseudo,
    loadLater: loadLaterPseudo,
  },
]

const CHOICE = 'language'

/** The tag of the language somebody chose; null for what their browser asks for. */
export const chosenLanguage = signal<string | null>(null)

const shown = signal(ENGLISH)

/** The tag of the language of the page. With another one all of it is drawn anew. */
export const language = computed(() => shown.value.tag)

/** For `Intl`: the region is the browser's, if it has one for this language. */
export function localeOf(tag: string): string {
  return preferred().find((wanted) => languageOf(wanted) === tag) ?? tag
}

/** Once a screen that comes later was asked for. */
let setLater: ((words: LaterText) => void) | null = null

/** Calls `set` with the words of the later screens, now and with every other language; resolves after the first time. */
export async function followLanguage(set: (words: LaterText) => void): Promise<void> {
  let current: Language
  let words: LaterText
  do {
    current = shown.peek()
    words = await current.loadLater()
  } while (current !== shown.peek())
  set(words)
  setLater = set
}

/**
 * Before anything is shown: the words of the chosen language, or of the first one the browser names.
 * Rejects if not even those in English can be loaded.
 */
export async function startLanguage(): Promise<void> {
  chosenLanguage.value = kept(CHOICE)
  addEventListener('languagechange', () => void show())
  if (!(await show())) setText(await loadEnglish())
}

/** Returns false, and changes nothing, if the words could not be loaded. */
export async function chooseLanguage(tag: string | null): Promise<boolean> {
  const before = chosenLanguage.value
  chosenLanguage.value = tag
  if (await show()) {
    keep(CHOICE, tag)
    return true
  }
  chosenLanguage.value = before
  return false
}

async function show(): Promise<boolean> {
  const wanted = wantedLanguage()
  try {
    const words = await wanted.load()
    const later = setLater && (await wanted.loadLater())
    // Another one was chosen meanwhile.
    if (wantedLanguage() !== wanted) return true
    setText(words)
    if (later) setLater?.(later)
    shown.value = wanted
    document.documentElement.lang = wanted.tag
    document.documentElement.dir = wanted.dir
    return true
  } catch {
    // No net, or a version of the page that is gone: the words that are there go on.
    return false
  }
}

function wantedLanguage(): Language {
  const all = [...LANGUAGES, ...MADE_UP]
  const chosen = all.find(({ tag }) => tag === chosenLanguage.value)
  if (chosen !== undefined) return chosen
  const asked = preferred().map(languageOf)
  const first = asked.find((tag) => LANGUAGES.some((known) => known.tag === tag))
  return LANGUAGES.find(({ tag }) => tag === first) ?? ENGLISH
}

function preferred(): readonly string[] {
  return navigator.languages
}

function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? ''
}

async function loadEnglish(): Promise<Text> {
  return (await import('../text.en.ts')).english
}

async function loadLaterEnglish(): Promise<LaterText> {
  return (await import('../later-text.en.ts')).laterEnglish
}

async function loadLaterPseudo(): Promise<LaterText> {
  return (await import('./pseudo.ts')).pseudo(await loadLaterEnglish())
}

async function loadPseudo(): Promise<Text> {
  return (await import('./pseudo.ts')).pseudo(await loadEnglish())
}
