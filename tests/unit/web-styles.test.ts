import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../web/styles/', import.meta.url)
const sheets = readdirSync(folder).map((name) => [name, read(name)] as const)

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
}

/** Every `property: value` of a style sheet. */
function declarations(css: string): [string, string][] {
  return [...css.matchAll(/([a-z-]+)\s*:\s*([^;{}]+);/g)].map(([, name, value]) => [name!, value!])
}

/** The values of a shorthand, with functions as one. */
function parts(value: string): string[] {
  const found = ['']
  let depth = 0
  for (const character of value) {
    depth += Number(character === '(') - Number(character === ')')
    if (character === ' ' && depth === 0) found.push('')
    else found[found.length - 1] += character
  }
  return found.filter((part) => part !== '')
}

it.each(sheets)('%s knows start and end, and neither left nor right', (_, css) => {
  const physical = declarations(css).filter(
    ([name, value]) =>
      /(^|-)(left|right)($|-)/.test(name) || /(^|\s)(left|right)(\s|$)/.test(value),
  )
  expect(physical).toEqual([])
})

it.each(sheets)('%s gives a shorthand the same value on both sides', (_, css) => {
  const lopsided = declarations(css).filter(([name, value]) => {
    if (!/^(margin|padding|inset|border-width|border-radius)$/.test(name)) return false
    const [, right, , left] = parts(value)
    return left !== undefined && left !== right
  })
  expect(lopsided).toEqual([])
})
