import { expect, test } from 'vitest'
import { nameProblem } from '../../web/screens/account/check-fields.ts'
import { english } from '../../web/text.en.ts'
import { setText } from '../../web/text.ts'

setText(english)

test('a name that is missing and one with invisible characters are told apart', () => {
  expect(nameProblem('Ana')).toBeNull()
  expect(nameProblem('  ')).toBe('Enter your name.')
  expect(nameProblem('Ana\u202exe')).toMatch(/invisible control characters/)
})
