import { describe, expect, it } from 'vitest'
import { canonicalEmoji } from '../../protocol/emoji.ts'

describe('one emoji', () => {
  it('may be a sequence: flags, keycaps, skin tones, families', () => {
    const emoji = ['👍', '👍🏽', '❤️', '🇩🇪', '#️⃣', '7️⃣', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏳️‍🌈', '👩🏽‍❤️‍💋‍👨🏿', '🧑🏻‍🚀', '🫱🏽‍🫲🏿']
    expect(emoji.map(canonicalEmoji)).toEqual(emoji)
  })

  it('is the same with and without the selector that keyboards leave out', () => {
    expect(canonicalEmoji('\u2764')).toBe('\u2764\ufe0f')
    expect(canonicalEmoji('\u{1f441}\u200d\u{1f5e8}')).toBe('\u{1f441}\ufe0f\u200d\u{1f5e8}\ufe0f')
    expect(canonicalEmoji('\u{1f575}\u200d\u2642')).toBe('\u{1f575}\ufe0f\u200d\u2642\ufe0f')
    expect(canonicalEmoji('\u{1f575}\u{1f3fd}\u200d\u2642')).toBe(
      '\u{1f575}\u{1f3fd}\u200d\u2642\ufe0f',
    )
    expect(canonicalEmoji('👍\ufe0f')).toBe('👍')
    expect(canonicalEmoji('1\u20e3')).toBe('1\ufe0f\u20e3')
  })

  it('is not a letter, a digit, two of them, a part of one, or anything made to look like one', () => {
    const others = [
      '',
      ' ',
      'a',
      '1',
      '#',
      '👍👍',
      '👍 ',
      ' 👍',
      '🇩',
      '🇽🇽',
      '\u200d',
      '\ufe0f',
      '\u{1f3fd}x',
      '👍\u0301',
      '❤︎',
      '__proto__',
      '👍'.repeat(40),
      '\ud83d',
      '🏴󠁸󠁸󠁸󠁿',
    ]
    expect(others.filter((text) => canonicalEmoji(text) !== null)).toEqual([])
  })
})
