/** Made by scripts/emoji-data.ts. */
declare module 'virtual:emoji/base' {
  const base: readonly (readonly [emoji: string, group: number, hasTones: 0 | 1, codes: string])[]
  export default base
}
declare module 'virtual:emoji/en' {
  import type { EmojiWords } from './emoji.ts'
  const words: EmojiWords
  export default words
}
declare module 'virtual:emoji/de' {
  import type { EmojiWords } from './emoji.ts'
  const words: EmojiWords
  export default words
}
