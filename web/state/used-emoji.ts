import { keep, kept } from './kept.ts'

const RECENT = 'emoji'
const TONE = 'emojiTone'
const MOST = 24

/** The emoji that were used last on this device, the last one first. */
export function recentEmoji(): string[] {
  return (kept(RECENT) ?? '').split(' ').filter((emoji) => emoji !== '')
}

export function rememberEmoji(emoji: string): void {
  const others = recentEmoji().filter((other) => other !== emoji)
  keep(RECENT, [emoji, ...others].slice(0, MOST).join(' '))
}

/** The skin tone that emoji are shown in, as its character; empty for none. */
export function chosenTone(): string {
  return kept(TONE) ?? ''
}

export function chooseTone(tone: string): void {
  keep(TONE, tone === '' ? null : tone)
}
