import { drizzle } from 'drizzle-orm/d1'
import * as schema from './schema.ts'

/** The main database, typed. Cheap: it only wraps the binding. */
export function mainDb(env: Env) {
  return drizzle(env.DB, { schema })
}
