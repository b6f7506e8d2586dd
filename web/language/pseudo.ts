/**
 * A made-up language, by which one sees that any other holds: every word accented, so that one which is
 * not from the catalogue stands out, and all of it 40 % longer, as other languages are.
 */
const ACCENTED: Record<string, string> = {
  a: 'á',
  b: 'ƀ',
  c: 'ç',
  d: 'đ',
  e: 'é',
  f: 'ƒ',
  g: 'ğ',
  h: 'ĥ',
  i: 'í',
  j: 'ĵ',
  k: 'ķ',
  l: 'ļ',
  m: 'ɱ',
  n: 'ñ',
  o: 'ó',
  p: 'þ',
  q: 'ʠ',
  r: 'ŕ',
  s: 'š',
  t: 'ţ',
  u: 'ú',
  v: 'ṽ',
  w: 'ŵ',
  x: 'ẋ',
  y: 'ý',
  z: 'ž',
  A: 'Á',
  B: 'Ɓ',
  C: 'Ç',
  D: 'Đ',
  E: 'É',
  F: 'Ƒ',
  G: 'Ğ',
  H: 'Ĥ',
  I: 'Í',
  J: 'Ĵ',
  K: 'Ķ',
  L: 'Ļ',
  M: 'Ḿ',
  N: 'Ñ',
  O: 'Ó',
  P: 'Þ',
  Q: 'Ɋ',
  R: 'Ŕ',
  S: 'Š',
  T: 'Ţ',
  U: 'Ú',
  V: 'Ṽ',
  W: 'Ŵ',
  X: 'Ẋ',
  Y: 'Ý',
  Z: 'Ž',
}
const GROWTH = 0.4

export function pseudo<Words>(words: Words): Words
export function pseudo(words: unknown): unknown {
  return translated(words)
}

function translated(value: unknown): unknown {
  if (typeof value === 'string') return pseudoWord(value)
  if (typeof value === 'function')
    return (...given: unknown[]) => pseudoWord(String(value(...given)))
  if (Array.isArray(value)) return value.map(translated)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, translated(part)]))
}

/** A word grows where it is spoken, at its vowels: that makes long words, which are the hard ones. */
function pseudoWord(word: string): string {
  let missing = Math.ceil(word.length * GROWTH)
  let grown = ''
  for (const character of word) {
    const accented = ACCENTED[character] ?? character
    const isVowel = /[aeiouy]/.test(character)
    const more = isVowel ? Math.min(2, missing) : 0
    grown += accented.repeat(1 + more)
    missing -= more
  }
  return grown + 'ö'.repeat(Math.max(0, missing))
}
