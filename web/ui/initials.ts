const HUES = 8

export function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return hash % HUES
}

/** For a name in which nothing can be read. */
const NO_INITIAL = '#'

/** The first letter or digit of the first and the last word that has one; nothing for no name. */
export function initialsOf(name: string): string {
  const letters = name.normalize('NFC').trim().split(/\s+/).flatMap(firstLetter)
  const [first, ...others] = letters
  if (first === undefined) return name.trim() === '' ? '' : NO_INITIAL
  return (first + (others.at(-1) ?? '')).toLocaleUpperCase()
}

function firstLetter(word: string): string[] {
  return word.match(/[\p{L}\p{N}]/u) ?? []
}
