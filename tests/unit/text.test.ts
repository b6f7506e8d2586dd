import { describe, expect, it } from 'vitest'
import { countCodePoints, cutText, handlesIn, utf8Length } from '../../protocol/text.ts'

const TEXTS = ['', 'plain', 'é', '漢字', '😀', 'a😀b', '👩‍👩‍👧', 'e\u0301', '\0']

describe('text', () => {
  it.each(TEXTS)('%j has as many code points and bytes as the platform says', (text) => {
    expect(countCodePoints(text)).toBe([...text].length)
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
  })

  it('is counted no further than one beyond the limit', () => {
    expect(countCodePoints('x'.repeat(1_000_000), 99_999)).toBe(100_000)
  })

  it('is never cut through a pair of surrogates', () => {
    expect(cutText('a😀b', 1)).toBe('a')
    expect(cutText('a😀b', 2)).toBe('a😀')
    expect(cutText('a😀b', 9)).toBe('a😀b')
  })

  it('names people by @handle, each once, and not inside addresses or longer words', () => {
    expect(handlesIn('@ana and @Bob_1, @ana!')).toEqual(['ana', 'bob_1'])
    expect(handlesIn('me@ana.example @@ana @an @ana-lena')).toEqual(['ana'])
    expect(handlesIn(`@${'x'.repeat(25)}`)).toEqual([])
  })
})
