import { expect, it } from 'vitest'
import { locationHint } from '../../workers/location.ts'

function seen(continent: string, longitude: string): Request {
  return new Request('https://chat.example', { cf: { continent, longitude } as CfProperties })
}

it.each([
  ['EU', '2.35', 'weur'],
  ['EU', '24.7', 'eeur'],
  ['NA', '-122.4', 'wnam'],
  ['NA', '-74', 'enam'],
  ['AS', '55.3', 'me'],
  ['AS', '139.7', 'apac'],
  ['SA', '-46.6', 'sam'],
  ['AF', '36.8', 'afr'],
  ['OC', '151.2', 'oc'],
])('an object first needed from %s at longitude %s is made in %s', (continent, longitude, hint) => {
  expect(locationHint(seen(continent, longitude))).toBe(hint)
})

it('an object needed from nobody knows where is left to the platform', () => {
  expect(locationHint(new Request('https://chat.example'))).toBeUndefined()
  expect(locationHint(seen('T1', ''))).toBeUndefined()
})
