import { expect, it } from 'vitest'
import { canonicalEmoji } from '../../protocol/emoji.ts'
import { emojiBase, emojiWords } from '../../scripts/emoji-data.ts'
import { completeEmoji, findEmoji, joinEmoji, TONES, withTone } from '../../web/emoji/emoji.ts'

const base = emojiBase()
const german = joinEmoji(base, emojiWords('de'), emojiWords('en'), () => true)

function find(typed: string): string[] {
  return findEmoji(german, typed, 12).map(({ emoji }) => emoji)
}

it('there are all emoji, each once, with a name in every language', () => {
  expect(new Set(base.map(([emoji]) => emoji)).size).toBe(base.length)
  expect(base.length).toBeGreaterThan(1800)
  for (const language of ['en', 'de'] as const) {
    const { groups, words } = emojiWords(language)
    expect(words).toHaveLength(base.length)
    expect(words.filter(([name]) => name === '')).toEqual([])
    expect(base.filter(([, group]) => groups[group] === undefined)).toEqual([])
  }
})

it('the server takes every one as a reaction, in every skin tone', () => {
  const shown = german.flatMap(({ emoji, hasTones }) =>
    hasTones ? TONES.map((tone) => withTone(emoji, tone)) : [emoji],
  )
  // Those that are newer than the Unicode of this Node are in none of its forms.
  const known = shown.filter((emoji) => canonicalEmoji(emoji) !== null)
  expect(known.length).toBeGreaterThan(3000)
  expect(known.filter((emoji) => canonicalEmoji(emoji) !== emoji)).toEqual([])
  expect(shown.length - known.length).toBeLessThan(100)
})

it('one is found by its name and other words, in German and in English, and by its code', () => {
  expect(find('daumen')).toContain('👍')
  expect(find('thumbs up')[0]).toBe('👍')
  expect(find('herz rot')[0]).toBe('❤️')
  expect(find('red heart')[0]).toBe('❤️')
  expect(find('Flagge Deutschland')).toEqual(['🇩🇪'])
  expect(find('smile')[0]).toBe('😄')
  expect(find('nothing like it')).toEqual([])
})

it('what the browser does not know is left out', () => {
  const known = joinEmoji(base, emojiWords('en'), emojiWords('en'), (emoji) => emoji === '👍')
  expect(known.map(({ emoji, name }) => [emoji, name])).toEqual([['👍', 'thumbs up']])
})

it('what is begun after a colon is completed by code first, then by name', () => {
  const complete = (typed: string) =>
    completeEmoji(german, typed, 6).map(({ emoji, codes }) => [emoji, codes.split(' ')[0]])
  expect(complete('smile')[0]).toEqual(['😄', 'smile'])
  expect(complete('sm').every(([, code]) => code?.startsWith('sm'))).toBe(true)
  expect(complete('thumbsup')).toEqual([['👍', '+1']])
  expect(complete('-1')[0]).toEqual(['👎', '-1'])
  expect(complete('daumen')).toContainEqual(['👍', '+1'])
  expect(complete('Tada:')).toEqual([['🎉', 'tada']])
  expect(complete('tad:')).toEqual([])
  // Faces that are typed are not taken for the beginning of a name.
  expect(['DD', 'PP', 'xD'].flatMap(complete)).toEqual([])
})
