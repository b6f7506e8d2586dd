import { counting } from '../language/counting.ts'

/** What notifications say. A service worker loads nothing when it is woken, so all languages are in it. */
interface Words {
  newMessages: (count: number) => string
  markRead: string
}

const english = counting('en')
const german = counting('de')

const ENGLISH: Words = {
  newMessages: (count) =>
    count === 1 ? 'New message' : english.counted(count, { other: '# new messages' }),
  markRead: 'Mark as read',
}

const WORDS: Record<string, Words> = {
  en: ENGLISH,
  de: {
    newMessages: (count) =>
      count === 1 ? 'Neue Nachricht' : german.counted(count, { other: '# neue Nachrichten' }),
    markRead: 'Als gelesen markieren',
  },
}

/** The words of the first of these languages (BCP 47) that there is, else in English. */
export function wordsIn(languages: readonly string[]): Words {
  const known = languages.flatMap((tag) => WORDS[tag.split('-')[0]?.toLowerCase() ?? ''] ?? [])
  return known[0] ?? ENGLISH
}
