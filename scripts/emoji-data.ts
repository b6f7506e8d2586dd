import en from 'emojibase-data/en/compact.json' with { type: 'json' }
import enMessages from 'emojibase-data/en/messages.json' with { type: 'json' }
import github from 'emojibase-data/en/shortcodes/github.json' with { type: 'json' }
import de from 'emojibase-data/de/compact.json' with { type: 'json' }
import deMessages from 'emojibase-data/de/messages.json' with { type: 'json' }
import { canonicalEmoji } from '../protocol/emoji.ts'

/** Of the data of all emoji what the page needs: it is made as the page is built (vite.config.ts). */

interface Source {
  hexcode: string
  label: string
  unicode: string
  group?: number
  order?: number
  tags?: string[]
  skins?: unknown[]
}

/** Skin tones and hair: parts of emoji, and none by themselves. */
const COMPONENTS = 2
const LANGUAGES = {
  en: { emoji: en, messages: enMessages },
  de: { emoji: de, messages: deMessages },
}

type Row = Source & { group: number }

/** In the order and groups that Unicode gives them. */
function rowsOf(emoji: readonly Source[]): Row[] {
  return emoji
    .filter((row): row is Row => row.group !== undefined && row.group !== COMPONENTS)
    .sort((one, other) => (one.order ?? 0) - (other.order ?? 0))
}

/** The same in all languages: the emoji by group, which of them have skin tones, and what one types after a colon. */
export function emojiBase() {
  return rowsOf(en).map(({ unicode, group, skins, hexcode }) => {
    const codes: string | string[] = (github as Record<string, string | string[]>)[hexcode] ?? ''
    // Some have a selector too many.
    return [
      canonicalEmoji(unicode) ?? unicode,
      group,
      skins === undefined ? 0 : 1,
      [codes].flat().join(' '),
    ] as const
  })
}

/** Names of the groups, and of each emoji the name and other words for it, in the order of `emojiBase`. */
export function emojiWords(language: keyof typeof LANGUAGES) {
  const { emoji, messages } = LANGUAGES[language]
  const words = rowsOf(emoji).map(({ label, tags = [] }) => {
    const others = tags.filter((tag) => !label.toLowerCase().split(/\s+/).includes(tag))
    return [label, others.join(' ')] as const
  })
  return {
    groups: messages.groups.map(
      ({ message }) => message.charAt(0).toUpperCase() + message.slice(1),
    ),
    words,
  }
}

const MODULES: Record<string, () => unknown> = {
  'virtual:emoji/base': emojiBase,
  'virtual:emoji/en': () => emojiWords('en'),
  'virtual:emoji/de': () => emojiWords('de'),
}

/** A plugin of Vite. */
export function emojiData() {
  return {
    name: 'emoji-data',
    resolveId: (id: string) => (id in MODULES ? `\0${id}` : null),
    load(id: string): string | null {
      const made = MODULES[id.slice(1)]
      return made === undefined ? null : `export default ${JSON.stringify(made())}`
    },
  }
}
