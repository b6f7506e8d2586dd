import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { may, RIGHTS, STANDINGS, type Action, type Standing } from '../../protocol/permissions.ts'

const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8')

it('docs/permissions.md shows the table of rights as it is', () => {
  const wanted = Object.values(RIGHTS).map(({ does, who }) => {
    const cells = STANDINGS.map((standing) =>
      (who as readonly Standing[]).includes(standing) ? 'yes' : '–',
    )
    return `| ${[does, ...cells].join(' | ')} |`
  })
  const shown = page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (may|---) /.test(line))
  expect(shown).toEqual(wanted)
})

it('a role of a group counts for nothing in a DM', () => {
  for (const action of Object.keys(RIGHTS) as Action[]) {
    const inDm = (RIGHTS[action].who as readonly Standing[]).includes('dm')
    for (const role of ['owner', 'admin', 'member'] as const) {
      expect(may({ kind: 'dm', role }, action)).toBe(inDm)
    }
  }
})
