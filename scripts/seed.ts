import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { seedAccounts } from './seed-accounts.ts'
import { makeDevVars, migrate } from './state.ts'
import { requireInstall } from './tools.ts'

/**
 * `npm run seed -- --users N --persist-to DIR`: accounts with live sessions in the local state, one
 * `userId handle bearer-token` a line. For development, and while no server runs on that state.
 */

requireInstall()
const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100' },
    'persist-to': { type: 'string', default: '.wrangler/state' },
  },
})
const persistTo = resolve(process.env['INIT_CWD'] ?? process.cwd(), values['persist-to'])
makeDevVars()
await migrate(persistTo)
const people = await seedAccounts(persistTo, Number(values.users))
process.stdout.write(
  people.map(({ userId, handle, token }) => `${userId} ${handle} ${token}\n`).join(''),
)
