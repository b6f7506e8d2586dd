import { tokensOf } from './tokens.ts'

/** A message without its markers, for where it is one line among others. */
export function plainText(source: string): string {
  return tokensOf(source)
    .map(({ kind, text }) => {
      if (kind !== 'marker') return text
      return text.includes('\n') ? '\n' : ''
    })
    .join('')
}
