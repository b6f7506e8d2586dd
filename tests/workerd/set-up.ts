import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
for (const shard of [env.ARCHIVE_0, env.ARCHIVE_1]) {
  await applyD1Migrations(shard, env.TEST_ARCHIVE_MIGRATIONS)
}
