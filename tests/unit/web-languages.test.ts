import { expect, it } from 'vitest'
import { ERRORS } from '../../protocol/errors.ts'
import { counting } from '../../web/language/counting.ts'
import { pseudo } from '../../web/language/pseudo.ts'
import { ENGLISH, GERMAN, type Words } from '../words.ts'

/** What every language writes alike. */
const ALIKE = [
  'appName',
  'account.name',
  'account.handle',
  'chats.title',
  'chats.list',
  'chats.from',
  'find.handle',
  'find.placeholder',
  'conversation.chat',
  'conversation.details',
  'conversation.announce',
  'conversation.reaction',
  'conversation.membersOnline',
  'details.personTitle',
  'details.admin',
  'people.online',
  'search.from',
  'keyboard.chat',
  'passkeys.title',
]

/** Every word by its place in the catalogue; what takes something is given two, four and names. */
function words(catalogue: Words): Map<string, string> {
  const found = new Map<string, string>()
  add('', catalogue)
  return found

  function add(place: string, value: unknown): void {
    if (typeof value === 'string') found.set(place, value)
    else if (typeof value === 'function') found.set(place, String(value(...given(place))))
    else {
      for (const [name, part] of Object.entries(value as object)) {
        add(place === '' ? name : `${place}.${name}`, part)
      }
    }
  }
}

function given(place: string): unknown[] {
  const takesCount =
    /unread|found|Count|readBy|charactersLeft|members$|exporting|exported|notifications.m|open|hidden|days|people$|used|tryAgainIn/
  return takesCount.test(place) ? [2, 4] : ['Ana', 'Bob', 4]
}

it('German says everything, and in words of its own', () => {
  const of = { english: words(ENGLISH), german: words(GERMAN) }
  expect([...of.german.keys()]).toEqual([...of.english.keys()])
  const same = [...of.english].filter(([place, word]) => of.german.get(place) === word)
  expect(same.map(([place]) => place).filter((place) => !ALIKE.includes(place))).toEqual([])
})

it.each([
  ['English', ENGLISH],
  ['German', GERMAN],
] as const)(
  '%s is calm: nothing empty, no exclamation marks, quotation marks that turn',
  (_, text) => {
    const bad = [...words(text).values()].filter((word) => word.trim() === '' || /[!"']/.test(word))
    expect(bad).toEqual([])
  },
)

it('every refusal of the server has words in both languages', () => {
  for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
    expect(ENGLISH.errors[code]).toMatch(/\.$/)
    expect(GERMAN.errors[code]).toMatch(/\.$/)
  }
})

it('counts take the form of their language, and its numbers', () => {
  expect([0, 1, 2, 1200].map(ENGLISH.chats.unread)).toEqual([
    '0 unread messages',
    '1 unread message',
    '2 unread messages',
    '1,200 unread messages',
  ])
  expect([1, 1200].map(GERMAN.chats.unread)).toEqual([
    '1 ungelesene Nachricht',
    '1.200 ungelesene Nachrichten',
  ])
  const { counted } = counting('pl')
  const forms = { one: '# plik', few: '# pliki', many: '# plików', other: '# pliku' }
  expect([1, 3, 5].map((count) => counted(count, forms))).toEqual(['1 plik', '3 pliki', '5 plików'])
})

it('what oneself has done is said with the verb that goes with it', () => {
  expect(GERMAN.system.added(null, 'Bob')).toBe('Du hast Bob hinzugefügt')
  expect(GERMAN.system.added('Bob', null)).toBe('Bob hat dich hinzugefügt')
  expect(ENGLISH.system.role('Bob', null)).toBe('Bob changed your role')
})

it('the made-up language accents every word and is at least 40 % longer', () => {
  const long = words(pseudo(ENGLISH))
  const bad = [...words(ENGLISH)].filter(([place, word]) => {
    const made = long.get(place) ?? ''
    return /[A-Za-z]/.test(made) || made.length < word.length * 1.4
  })
  expect(bad).toEqual([])
})
