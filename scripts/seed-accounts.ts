import { createHmac, randomBytes } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { ROOT } from './tools.ts'

/** A person with an account and one live session. */
export interface Seeded {
  userId: string
  handle: string
  /** For `Authorization: Bearer`. */
  token: string
}

export const SEED_PASSWORD = 'parley-seed'

const DAY_MS = 24 * 60 * 60 * 1000
/** Rows in one statement of D1, whose parameters travel as one JSON text. */
const ROWS_PER_STATEMENT = 500

/**
 * Writes accounts with live sessions straight into the local state: signing up takes a tenth of a
 * second each for the password's hash, which here is computed once. Development only, and while no
 * server runs on the same state.
 */
export async function seedAccounts(persistTo: string, count: number): Promise<Seeded[]> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: join(persistTo, 'v3'),
      workers: [
        { name: 'seed', modules: true, script: 'export default {}', d1Databases: { DB: 'DB' } },
      ],
    }),
  )
  try {
    return await insertPeople(await miniflare.getD1Database('DB'), count)
  } finally {
    await miniflare.dispose()
  }
}

async function insertPeople(
  db: Awaited<ReturnType<Miniflare['getD1Database']>>,
  count: number,
): Promise<Seeded[]> {
  const secret = parseEnv(readFileSync(join(ROOT, '.dev.vars'), 'utf8'))['BETTER_AUTH_SECRET'] ?? ''
  const run = randomBytes(4).toString('hex')
  const now = Date.now()
  const password = await hashPassword(SEED_PASSWORD)
  const people = Array.from({ length: count }, (_, index) => ({
    userId: randomBytes(24).toString('base64url'),
    handle: `s${run}_${index}`,
    sessionId: randomBytes(24).toString('base64url'),
    token: randomBytes(24).toString('base64url'),
  }))
  for (let i = 0; i < people.length; i += ROWS_PER_STATEMENT) {
    const rows = JSON.stringify(people.slice(i, i + ROWS_PER_STATEMENT))
    const from = `FROM json_each(?1)`
    await db.batch([
      db
        .prepare(
          `INSERT INTO user (id, name, email, email_verified, username, created_at, updated_at)
           SELECT value->>'userId', 'Seeded ' || (value->>'handle'),
             (value->>'handle') || '@seed.example', 1, value->>'handle', ?2, ?2 ${from}`,
        )
        .bind(rows, now),
      db
        .prepare(
          `INSERT INTO account (id, account_id, provider_id, user_id, password, created_at, updated_at)
           SELECT value->>'userId', value->>'userId', 'credential', value->>'userId', ?3, ?2, ?2 ${from}`,
        )
        .bind(rows, now, password),
      db
        .prepare(
          `INSERT INTO session (id, token, user_id, expires_at, created_at, updated_at)
           SELECT value->>'sessionId', value->>'token', value->>'userId', ?3, ?2, ?2 ${from}`,
        )
        .bind(rows, now, now + 90 * DAY_MS),
    ])
  }
  return people.map(({ userId, handle, token }) => ({ userId, handle, token: sign(token, secret) }))
}

/** The bearer token of a session: its token with Better Auth's signature, as `set-auth-token` has it. */
function sign(token: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return encodeURIComponent(`${token}.${signature}`)
}
