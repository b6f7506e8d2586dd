import { canonicalEmoji } from '../../protocol/emoji.ts'
import { language } from '../language/language.ts'
import { joinEmoji, type Emoji } from './emoji.ts'

export interface AllEmoji {
  /** Names of the groups, by their number. */
  groups: readonly string[]
  emoji: Emoji[]
}

let loaded: { tag: string; all: Promise<AllEmoji> } | null = null

/** All emoji that this browser knows, in the language of the page, put together once. Rejects without a net. */
export async function loadEmoji(): Promise<AllEmoji> {
  const tag = language.peek()
  if (loaded?.tag !== tag) loaded = { tag, all: load(tag) }
  try {
    return await loaded.all
  } catch (caught) {
    // Asked for again the next time.
    loaded = null
    throw caught
  }
}

async function load(tag: string): Promise<AllEmoji> {
  const [base, english] = await Promise.all([
    import('virtual:emoji/base'),
    import('virtual:emoji/en'),
  ])
  const words = tag === 'de' ? await import('virtual:emoji/de') : english
  const isKnown = (emoji: string) => canonicalEmoji(emoji) === emoji
  const emoji = joinEmoji(base.default, words.default, english.default, isKnown)
  return { groups: words.default.groups, emoji }
}
