import type { Bill, Usage } from '../../bench/usage.ts'
import type { Assumptions } from './assumptions.ts'
import type { Storage } from './load.ts'

/**
 * Limits of the platform, as Cloudflare's pages said in November 2026: durable-objects/platform/limits/,
 * d1/platform/limits/, queues/platform/limits/ and workers/platform/limits/ below
 * https://developers.cloudflare.com/.
 */
const DATABASE_GB = 10
const D1_ACCOUNT_GB = 1_000
const D1_DATABASES = 50_000
/** Bindings of one Worker: a database needs 150 of 1,000,000 bytes of metadata. */
const D1_BINDINGS = 5_000
/** A database does one query after the other: so many a second if one takes a millisecond. */
const D1_QUERIES_PER_SECOND = 1_000
const OBJECT_REQUESTS_PER_SECOND = 1_000
const OBJECT_SOCKETS = 32_768
const OBJECT_GB = 10
/** Beyond it `sendBatch` throws, and user objects try again later (`durable-objects/user/push/pushes.ts`). */
const QUEUE_MESSAGES_PER_SECOND = 5_000
/** Invocations of the consumer of one queue that run at the same time. */
const QUEUE_CONSUMERS = 250
/** Connections that an invocation may have waiting for an answer: it asks so many push services at a time. */
const INVOCATION_CONNECTIONS = 6

const SECONDS_PER_DAY = 86_400

export interface NearLimit {
  what: string
  value: number
  limit: number
  unit: string
  /** Who may raise it, or what it means here. */
  note: string
}

/** What this load makes of each limit; a value above its limit does not run. */
export function nearLimits(
  { stored }: Bill,
  assumptions: Assumptions,
  day: Usage,
  storage: Storage,
): NearLimit[] {
  const atPeak = assumptions.peak / SECONDS_PER_DAY
  const perPerson = (day.objectCalls + day.alarms + day.frames) / assumptions.users
  const pushesAtPeak = day.pushRequests * atPeak
  const history = stored.messageInChannel + assumptions['text-bytes'] - stored.textBytes
  return [
    {
      what: 'main database, accounts and sessions',
      value: storage.accounts,
      limit: DATABASE_GB,
      unit: 'GB',
      note: 'cannot be raised; the main database is not sharded',
    },
    {
      what: 'main database, statements at the peak',
      value: day.mainStatements * atPeak,
      limit: D1_QUERIES_PER_SECOND,
      unit: '/s',
      note: 'if one takes 1 ms',
    },
    {
      what: 'archive, statements at the peak for one shard',
      value: day.archiveStatements * atPeak,
      limit: D1_QUERIES_PER_SECOND,
      unit: '/s',
      note: 'if one takes 1 ms; so many times over, so many shards take new channels at once',
    },
    {
      what: 'archive, storage of the account',
      value: storage.archive + storage.accounts,
      limit: D1_ACCOUNT_GB,
      unit: 'GB',
      note: 'Cloudflare raises it on request',
    },
    {
      what: 'archive, databases that one Worker binds',
      value: Math.ceil(storage.archive / DATABASE_GB),
      limit: D1_BINDINGS,
      unit: 'databases',
      note: `${(storage.archivePerDay / DATABASE_GB).toFixed(1)} more every day`,
    },
    {
      what: 'archive, databases of the account',
      value: Math.ceil(storage.archive / DATABASE_GB),
      limit: D1_DATABASES,
      unit: 'databases',
      note: 'Cloudflare raises it on request',
    },
    {
      what: 'queue of pushes, messages at the peak',
      value: pushesAtPeak,
      limit: QUEUE_MESSAGES_PER_SECOND,
      unit: '/s',
      note: 'of one queue; beyond it the queue takes nothing, and people are told later',
    },
    {
      what: 'consumers of that queue at the same time, at the peak',
      value: (pushesAtPeak * assumptions['push-ms']) / 1000 / INVOCATION_CONNECTIONS,
      limit: QUEUE_CONSUMERS,
      unit: 'at once',
      note: 'of one queue',
    },
    {
      what: 'an average person, requests to objects at the peak',
      value: perPerson * atPeak,
      limit: OBJECT_REQUESTS_PER_SECOND,
      unit: '/s',
      note: 'a soft limit of each object',
    },
    {
      what: 'sockets of an object: members of a group on all devices',
      value: assumptions['group-size'] * assumptions.devices,
      limit: OBJECT_SOCKETS,
      unit: 'sockets',
      note: '',
    },
    {
      what: 'a channel with a message a second, after the assumed days',
      value: (SECONDS_PER_DAY * assumptions.days * history) / 1e9,
      limit: OBJECT_GB,
      unit: 'GB',
      note: 'from 8 GB on its oldest messages are only in the archive',
    },
  ]
}
