/** One emoji, without a skin tone. */
export interface Emoji {
  emoji: string
  group: number
  hasTones: boolean
  /** As one types it after a colon, separated by spaces; the first is the usual one. */
  codes: string
  /** In the language of the page. */
  name: string
  /** Every word it is found by, in lower case, each after a space. */
  words: string
}

export interface EmojiWords {
  groups: readonly string[]
  words: readonly (readonly [name: string, others: string])[]
}

type Base = readonly (readonly [string, number, 0 | 1, string])[]

/**
 * All emoji that this browser knows, with their words in the language of the page and in English.
 * @param known whether the browser knows it
 */
export function joinEmoji(
  base: Base,
  words: EmojiWords,
  english: EmojiWords,
  known: (emoji: string) => boolean,
): Emoji[] {
  return base.flatMap(([emoji, group, hasTones, codes], index) => {
    if (!known(emoji)) return []
    const [name = '', others = ''] = words.words[index] ?? []
    const spoken = [name, others, ...(english.words[index] ?? []), codes].join(' ')
    const found = ` ${spoken.toLowerCase().replaceAll(/[\s_:,“”()-]+/g, ' ')}`
    return [{ emoji, group, hasTones: hasTones === 1, codes, name, words: found }]
  })
}

/** Those whose words begin with all that was typed; the nearer one is by its name, the sooner. At most `most`. */
export function findEmoji(all: readonly Emoji[], typed: string, most: number): Emoji[] {
  const wanted = typed
    .toLowerCase()
    .split(/[\s_:-]+/)
    .filter((word) => word !== '')
  const begun = wanted.join(' ')
  const found = all.filter(({ words }) => wanted.every((word) => words.includes(` ${word}`)))
  const far = ({ name, codes }: Emoji) => {
    const code = codes.replaceAll('_', ' ')
    if (name.toLowerCase() === begun || code === begun) return 0
    return name.toLowerCase().startsWith(begun) || code.startsWith(begun) ? 1 : 2
  }
  return found.sort((one, other) => far(one) - far(other)).slice(0, most)
}

/**
 * Those that what was typed after a colon could mean: first by the beginning of their code, the shortest sooner.
 * Is there a second colon, only those of this very code. At most `most`.
 */
export function completeEmoji(all: readonly Emoji[], typed: string, most: number): Emoji[] {
  const begun = typed.toLowerCase()
  const wanted = begun.replace(/:$/, '')
  const lacks = ({ codes }: Emoji) =>
    Math.min(
      ...codes.split(' ').map((code) => (code.startsWith(wanted) ? code.length : Infinity)),
    ) - wanted.length
  const coded = all
    .map((emoji) => ({ emoji, lacking: lacks(emoji) }))
    .filter(({ lacking }) => (begun === wanted ? lacking < Infinity : lacking === 0))
    .sort((one, other) => one.lacking - other.lacking)
    .map(({ emoji }) => emoji)
  const named = begun === wanted ? findEmoji(all, wanted, most) : []
  return [...new Set([...coded, ...named])].slice(0, most)
}

/** The skin tones of Unicode; the first is none. */
export const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿']

/** An emoji in a skin tone: each person in it, but not two hands between two people. */
export function withTone(emoji: string, tone: string): string {
  if (tone === '') return emoji
  return emoji.replaceAll(
    /(?<!\u200d)(\p{Emoji_Modifier_Base})\ufe0f?|(?<=\u200d)(?!\u{1f91d})(\p{Emoji_Modifier_Base})\ufe0f?/gu,
    (_, first?: string, later?: string) => (first ?? later ?? '') + tone,
  )
}
