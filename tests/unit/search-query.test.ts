import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMarks, parseQuery, toExpression } from '../../workers/db/search-query.ts'
import { termsIn } from '../../workers/db/search-terms.ts'
import { boundIn, compareFound, fromNext, toNext } from '../../workers/db/search-places.ts'
import { handleMarks, snippetOf } from '../../workers/search/snippet.ts'

const terms = (text: string): string[] => Array.from(termsIn(text), ({ term }) => term)

function query(text: string) {
  const parsed = parseQuery(text)
  if (!parsed.ok) throw new Error(parsed.detail)
  return parsed.value
}

/** The pieces of a text that a query marks, or null where it does not find the text. */
function found(asked: string, text: string): string[] | null {
  return findMarks(query(asked), text)?.map(([start, end]) => text.slice(start, end)) ?? null
}

describe('the terms of a text', () => {
  it('are its words without case and accents, whatever way these are written', () => {
    expect(terms('Hello, Wörld: ÉTÉ e\u0301te\u0301')).toEqual(['hello', 'world', 'ete', 'ete'])
    expect(terms('Straße ŁÓDŹ İstanbul Ærø ΣΑΣ')).toEqual([
      'strasse',
      'lodz',
      'istanbul',
      'aero',
      'σασ',
    ])
    expect(terms('ｆｕｌｌ ﬁne Ⅳ')).toEqual(['full', 'fine', 'iv'])
    expect(terms('лёгкий')).toEqual(terms('легкии'))
  })

  it('leave vowel points and letter forms of Arabic out, and keep the vowels of Hindi', () => {
    expect(terms('لُغَة العربيّة أحمد إلى')).toEqual(['لغه', 'العربيه', 'احمد', 'الي'])
    expect(terms('हिन्दी')).toEqual(['हिन्दी'])
    expect(terms('می\u200cخواهم')).toEqual(terms('میخواهم'))
  })

  it('are pairs of neighbours where no spaces stand between words', () => {
    expect(terms('天安门')).toEqual(['天安', '安门', '门'])
    expect(terms('東京タワー2026')).toEqual(['東京', '京タ', 'タワ', 'ワー', 'ー', '2026'])
    expect(terms('ﾊﾞﾅﾅ')).toEqual(terms('バナナ'))
  })

  it('are emoji too, in one colour', () => {
    expect(terms('👍🏽👍 👩🏽‍💻🇩🇪🇫🇷 ❤️ 1️⃣')).toEqual(['👍', '👍', '👩‍💻', '🇩🇪', '🇫🇷', '❤', '1\u20e3'])
  })

  it('never have a sign that means something to the index, and end somewhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        for (const { term, start, end } of termsIn(text)) {
          expect(term).not.toMatch(/[\s"'*$@_\-():^+{}]/)
          expect(term.length).toBeGreaterThan(0)
          expect(term.length).toBeLessThanOrEqual(128)
          expect(start).toBeLessThan(end)
          expect(end).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })

  it('of the longest texts are found in well under a second', () => {
    for (const text of ['天'.repeat(99_999), '👍🏽'.repeat(50_000), 'é '.repeat(50_000)]) {
      const start = performance.now()
      terms(text)
      expect(performance.now() - start).toBeLessThan(1_000)
    }
  })
})

describe('a query', () => {
  it('asks for all of its words, and takes the last as a beginning', () => {
    expect(found('quick FOX', 'The quick brown fox')).toEqual(['quick', 'fox'])
    expect(found('brown fo', 'The quick brown fox')).toEqual(['brown', 'fox'])
    expect(found('fo brown', 'The quick brown fox')).toBeNull()
    expect(found('wolf', 'The quick brown fox')).toBeNull()
  })

  it('finds phrases in quotes word for word', () => {
    expect(found('"brown fox"', 'The quick brown fox')).toEqual(['brown fox'])
    expect(found('"quick fox"', 'The quick brown fox')).toBeNull()
    expect(found('"brown fo"', 'The quick brown fox')).toBeNull()
    expect(found('„brown fox“ qui', 'The quick brown fox')).toEqual(['quick', 'brown fox'])
    expect(found('"not closed', 'It is not closed')).toEqual(['not closed'])
    expect(found('don’t', "I don't")).toEqual(["don't"])
  })

  it('finds any part of what is written without spaces, and nothing that is not there', () => {
    expect(found('天安门', '我爱北京天安门')).toEqual(['天安门'])
    expect(found('京天', '我爱北京天安门')).toEqual(['京天'])
    expect(found('门', '我爱北京天安门广场')).toEqual(['门'])
    expect(found('北京 广场', '我爱北京天安门广场')).toEqual(['北京', '广场'])
    expect(found('北门', '我爱北京天安门')).toBeNull()
    expect(found('"天安门 square"', '北京天安门 square')).toEqual(['天安门 square'])
    expect(found('학교', '우리는 학교에서 만나요')).toEqual(['학교'])
  })

  it('finds every part of a text without spaces by itself', () => {
    const letter = fc.constantFrom(...'天安门京タ학')
    const cut = { from: fc.nat(29), length: fc.integer({ min: 1, max: 8 }) }
    fc.assert(
      fc.property(
        fc.array(letter, { minLength: 1, maxLength: 30 }),
        fc.record(cut),
        (letters, { from, length }) => {
          const at = from % letters.length
          const part = letters.slice(at, at + length).join('')
          const text = `before ${letters.join('')} after`
          expect(found(`"${part}"`, text)?.some((mark) => mark.includes(part))).toBe(true)
          const other = `${part}龍`
          expect(found(other, text)).toBeNull()
        },
      ),
    )
  })

  it('takes what is syntax elsewhere for text, and refuses what has no word', () => {
    for (const text of ['NEAR("a" b, 2)', 'a* OR -b', 'terms:x', "x' --", '{a b}: c ^d', 'AND']) {
      expect(toExpression(query(text), null)).toMatch(
        /^("(\$[^\s"$]+ ?)+"( \*)?)( AND "(\$[^\s"$]+ ?)+"( \*)?)*$/u,
      )
    }
    for (const text of ['', '   ', '"', '""', '***', '-', '()', '\u0000']) {
      expect(parseQuery(text)).toMatchObject({ ok: false, code: 'invalid' })
    }
    expect(parseQuery('a '.repeat(65))).toMatchObject({ ok: false, code: 'invalid' })
  })
})

describe('a snippet', () => {
  it('is the text itself when that is short', () => {
    expect(snippetOf('all of it', [[4, 6]])).toEqual({ snippet: 'all of it', marks: [[4, 6]] })
  })

  it('shows the first mark with something before it, cut between words, and marks what it shows', () => {
    const text = `${'before '.repeat(100)}needle ${'after '.repeat(100)}needle`
    const at = text.indexOf('needle')
    const last = text.lastIndexOf('needle')
    const { snippet, marks } = snippetOf(text, [
      [at, at + 6],
      [last, last + 6],
    ])
    expect(snippet).toMatch(/^…before .*needle after .*after…$/)
    expect(snippet.length).toBeLessThan(170)
    expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual(['needle'])
  })

  it('never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.nat(400), (at) => {
        const text = '👍'.repeat(400)
        expect(snippetOf(text, [[at * 2, at * 2 + 2]]).snippet.isWellFormed()).toBe(true)
      }),
    )
  })

  it('of a mention marks the name, and nothing that only begins like it', () => {
    const text = 'Hi @Ana and @anabel, @ana'
    expect(handleMarks(text, 'ana').map(([a, b]) => text.slice(a, b))).toEqual(['@Ana', '@ana'])
    expect(handleMarks(text, null)).toEqual([])
  })
})

describe('the place where a page ends', () => {
  it('goes through all shards, newest first, each message once', () => {
    const place = fc.record({
      createdAt: fc.integer({ min: 1, max: 5 }),
      shard: fc.nat(2),
      nth: fc.nat(3),
    })
    const unique = fc.uniqueArray(place, { selector: toNext, maxLength: 40 })
    fc.assert(
      fc.property(unique, fc.integer({ min: 1, max: 5 }), (all, limit) => {
        const seen: string[] = []
        let last = { createdAt: 10, shard: -1, nth: 0 }
        for (;;) {
          const page = [0, 1, 2]
            .flatMap((shard) => {
              const { createdAt, nth } = boundIn(shard, last)
              return all.filter(
                (one) =>
                  one.shard === shard &&
                  (one.createdAt < createdAt || (one.createdAt === createdAt && one.nth < nth)),
              )
            })
            .toSorted(compareFound)
            .slice(0, limit)
          const end = page.at(-1)
          if (!end) break
          seen.push(...page.map(toNext))
          last = fromNext(toNext(end))!
        }
        expect(seen).toEqual(all.toSorted(compareFound).map(toNext))
      }),
    )
  })

  it('is not read from what is none', () => {
    for (const text of [
      '',
      'x',
      '1.2',
      '1.2.3.4',
      '99999999999999.1.1',
      '9999999999999.1.1',
      '-1.0.0',
    ]) {
      expect(fromNext(text)).toBeNull()
    }
  })
})
