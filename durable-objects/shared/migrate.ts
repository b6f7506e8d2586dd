import { createHash } from 'node:crypto'

/** A step of an object's schema. Once released it never changes: what changes is a new step. */
export interface Migration {
  name: string
  sql: string
}

/** Whether this object was ever written to. Reads only, so that asking creates nothing. */
export function isMigrated(sql: SqlStorage): boolean {
  const found = sql.exec(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
  )
  return !found.next().done
}

/**
 * Brings the object's tables up to date in one transaction. Refuses a history other than the one
 * that was applied: a released step was edited or reordered, and guessing would cost messages.
 */
export function migrate(storage: DurableObjectStorage, migrations: readonly Migration[]): void {
  storage.transactionSync(() => {
    const { sql } = storage
    if (!isMigrated(sql)) {
      sql.exec(
        'CREATE TABLE schema_migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL) STRICT',
      )
    }
    const applied = sql
      .exec<{ name: string; digest: string }>(
        'SELECT name, digest FROM schema_migrations ORDER BY id',
      )
      .toArray()
    applied.forEach((row, index) => {
      const known = migrations[index]
      // Newer code may have run here before a rollback: what it added is left alone.
      if (known && (known.name !== row.name || digestOf(known) !== row.digest)) {
        throw new Error(`migration ${row.name} was changed after it was applied`)
      }
    })
    for (const [offset, migration] of migrations.slice(applied.length).entries()) {
      sql.exec(migration.sql)
      sql.exec(
        'INSERT INTO schema_migrations (id, name, digest) VALUES (?, ?, ?)',
        applied.length + offset + 1,
        migration.name,
        digestOf(migration),
      )
    }
  })
}

const digests = new WeakMap<Migration, string>()

function digestOf(migration: Migration): string {
  let digest = digests.get(migration)
  if (!digest) {
    digest = createHash('sha256').update(migration.sql).digest('hex')
    digests.set(migration, digest)
  }
  return digest
}
