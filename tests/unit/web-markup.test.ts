import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOnlyEmoji } from '../../web/markup/only-emoji.ts'
import { plainText } from '../../web/markup/plain-text.ts'
import { tokensOf } from '../../web/markup/tokens.ts'

const MAX = 99_999
const MARKER = /^(\*\*|_|~~|`+|\n?```[^`\n]*\n?)$/

/** What is shown, each piece in brackets with what it is; plain text as it is, markers not at all. */
function shown(source: string): string {
  return tokensOf(source)
    .filter(({ kind }) => kind !== 'marker')
    .map(({ kind, text, styles }) => {
      const names = [...styles, ...(kind === 'text' ? [] : [kind])]
      return names.length === 0 ? text : `[${names.join(' ')}: ${text}]`
    })
    .join('')
}

describe('the formatting of a message', () => {
  it.each([
    ['**bold** _italic_ ~~struck~~ `code`', '[strong: bold] [em: italic] [s: struck] [code: code]'],
    ['(**bold**, _italic_.)', '([strong: bold], [em: italic].)'],
    ['**very _much_ so**', '[strong: very ][strong em: much][strong:  so]'],
    ['_**both**_', '[em strong: both]'],
    ['two ``with ` inside``', 'two [code: with ` inside]'],
    ['one line\nand **two\nlines**', 'one line\nand [strong: two\nlines]'],
    ['これは**太字**です', 'これは[strong: 太字]です'],
    ['**굵게**는', '[strong: 굵게]는'],
    ['**مهم** جدا', '[strong: مهم] جدا'],
  ])('%j is shown as %j', (source, expected) => expect(shown(source)).toBe(expected))

  it.each([
    'snake_case_names and __init__',
    '2*3*4 and 2**3**4 and *one*',
    'a ** b ** c',
    '-_- and ^_^ and >_<, -_-',
    '**not closed _at all',
    '**not\n\nthe same paragraph**',
    '____ **** ~~~~',
    '`',
    '```\nno end',
    'a@_b_.example',
  ])('%j stays as it is', (source) => expect(shown(source)).toBe(source))

  it('leaves alone what stands in code', () => {
    expect(shown('`**a** https://a.example @ana`')).toBe('[code: **a** https://a.example @ana]')
    expect(shown('```\n**a** `b`\n```')).toBe('[block: **a** `b`]')
  })

  it('knows blocks of code between lines of three backticks', () => {
    expect(shown('look:\n```ts\nlet a = 1\n\n  a++\n```\nright?')).toBe(
      'look:[block: let a = 1\n\n  a++]right?',
    )
    expect(shown('```\n```')).toBe('[block: ]')
    expect(shown('```\na\n```\n```\nb\n```')).toBe('[block: a][block: b]')
    expect(shown('```in one line```')).toBe('[code: in one line]')
  })

  it('finds links, without the sentence around them', () => {
    const links: [string, string][] = [
      ['see https://a.example.', 'see [link: https://a.example].'],
      ['(https://a.example/b_c_d)', '([link: https://a.example/b_c_d])'],
      ['https://a.example/x_(y)', '[link: https://a.example/x_(y)]'],
      ['**https://a.example/_x_**', '[strong link: https://a.example/_x][strong: _]'],
      [
        'www.a.example, HTTP://B.example/?q=~~1~~',
        '[link: www.a.example], [link: HTTP://B.example/?q=~~1]~~',
      ],
      ['https://a.example\u202Egnp', '[link: https://a.example]\u202Egnp'],
    ]
    for (const [source, expected] of links) expect(shown(source)).toBe(expected)
    expect(shown('_https://a.example/b_c_')).toBe('[em link: https://a.example/b_c]')
    for (const none of [
      'http://',
      'https://...',
      'www.',
      'javascript:alert(1)',
      'xhttps://a.example',
    ])
      expect(shown(none)).toBe(none)
  })

  it('tells handles, whatever marks are around them', () => {
    expect(shown('@ana_k_ **@bob_1**, a@bob.example')).toBe(
      '[handle: @ana_k_] [strong handle: @bob_1], a@bob.example',
    )
  })

  it('never loses or adds a character', () => {
    const pieces = fc.constantFrom(
      '**',
      '*',
      '_',
      '~~',
      '`',
      '``',
      '```',
      '```\n',
      '\n```',
      '\n',
      ' ',
      'a',
      'é',
      '漢',
      '😀',
      '@ana',
      'https://a.example/b_c',
      'www.a.example',
      '(',
      ')',
      '.',
      '-',
      '\ud83d',
      '\u202e',
      '```js\n',
    )
    const source = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(source, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const tokens = tokensOf(text)
        expect(tokens.map((token) => token.text).join('')).toBe(text)
        expect(Math.max(0, ...tokens.map(({ styles }) => styles.length))).toBeLessThanOrEqual(3)
        const hidden = tokens.filter(({ kind }) => kind === 'marker').map((token) => token.text)
        expect(hidden.filter((marker) => !MARKER.test(marker))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    '*',
    '`',
    '_',
    '~',
    '**a ',
    '_a_',
    '`a` ',
    '```a\n',
    '```\n',
    '\n',
    ' \n',
    '**_~~a',
    '@abc ',
    'https://',
    'https://a.example) ',
    'https://a.example/(',
    '(',
    '[**a**](',
  ])('%j up to the limit takes no time to speak of', (part) => {
    const source = part.repeat(MAX / part.length)
    const began = performance.now()
    const tokens = tokensOf(source)
    // In proportion to the length it is some 50 ms; otherwise it would be minutes.
    expect(performance.now() - began).toBeLessThan(2000)
    expect(tokens.length).toBeLessThanOrEqual(5000)
    expect(tokens.map(({ text }) => text).join('')).toBe(source)
  })

  it('is left out where a message is one line among others', () => {
    expect(plainText('**So** `a_b`:\n```js\nlet c\n```\n_end_')).toBe('So a_b:\nlet c\nend')
  })
})

it('a message of one to three emoji is known as such', () => {
  const few = ['😀', '👍🏽 👍', '👩‍👩‍👧‍👦❤️🇩🇪', '❤', '1️⃣']
  expect(few.filter((text) => !isOnlyEmoji(text))).toEqual([])
  const others = ['', ' ', '1', '123', 'a', '😀😀😀😀', '😀!', '#', 'ok 👍', '😀'.repeat(9999)]
  expect(others.filter(isOnlyEmoji)).toEqual([])
})
