import * as z from 'zod'

/** What Cloudflare bills for, of one thing that happened or of many. */
const usageSchema = z.object({
  /** Requests to the Worker, upgrades of sockets included. */
  workerRequests: z.number(),
  /** Processor time of the Worker. The bench cannot tell it from that of objects: an upper bound. */
  workerCpuMs: z.number(),
  /** Calls to an object, RPC and upgrades: each is billed as a request. */
  objectCalls: z.number(),
  /** Those of them that brought something to an inbox. */
  deliveries: z.number(),
  /** Frames that came in over sockets. Heartbeats, which the runtime answers, are not among them. */
  frames: z.number(),
  /** Alarms that went off: billed as requests to the object. */
  alarms: z.number(),
  /** Seconds in which an object could not hibernate: code that ran, a timer or a call that was open. */
  awakeSeconds: z.number(),
  rowsRead: z.number(),
  /** Rows that objects wrote. Setting an alarm counts as one. */
  rowsWritten: z.number(),
  /** Statements that the Worker gave to the main database. */
  mainStatements: z.number(),
  /** Statements that objects gave to the archive. */
  archiveStatements: z.number(),
  d1RowsRead: z.number(),
  d1RowsWritten: z.number(),
  /** A message through a queue takes three: written, read, deleted. */
  queueOperations: z.number(),
  /** Batches that the consumer of the queue was called with. Taken for requests to the Worker: an upper bound. */
  consumerInvocations: z.number(),
  /** Requests to push services, of which an invocation makes one for each message of its batch. Not billed. */
  pushRequests: z.number(),
})
export type Usage = z.infer<typeof usageSchema>

/** Bytes that are stored, as the databases themselves tell. */
const storedSchema = z.object({
  /** The object of a person, and of a channel, with nothing in it yet; an account in the main database. */
  userObject: z.number(),
  channelObject: z.number(),
  account: z.number(),
  /** A message of `textBytes` in its channel, in one inbox, in the archive. */
  textBytes: z.number(),
  messageInChannel: z.number(),
  messageInInbox: z.number(),
  messageInArchive: z.number(),
})

/** One line of the bench: what was counted, for one of its unit. */
const countedSchema = z.object({ what: z.string(), unit: z.string(), usage: usageSchema })
export type Counted = z.infer<typeof countedSchema>

/** Everything that the bench counts; the names are those by which the plan asks for it. */
export const SCENARIOS = [
  'dmLive',
  'dmLiveBusy',
  'dmAway',
  'dmAwayBusy',
  'dmPush',
  'dmHttp',
  'groupLive',
  'groupLiveBusy',
  'groupLiveBurst',
  'groupAway',
  'groupAwayBusy',
  'delivered',
  'readDm',
  'readPushed',
  'readGroup',
  'edit',
  'connect',
  'open',
  'catchUp',
  'signUp',
  'signIn',
  'appear',
  'look',
  'leave',
] as const
export type Scenario = (typeof SCENARIOS)[number]

/** The file that `npm run bench -- --bill` writes and `npm run plan` reads. */
export const billSchema = z.object({
  groupSize: z.number(),
  stored: storedSchema,
  counted: z.record(z.enum(SCENARIOS), countedSchema),
})
export type Bill = z.infer<typeof billSchema>
export type Stored = Bill['stored']

export const NOTHING: Usage = {
  workerRequests: 0,
  workerCpuMs: 0,
  objectCalls: 0,
  deliveries: 0,
  frames: 0,
  alarms: 0,
  awakeSeconds: 0,
  rowsRead: 0,
  rowsWritten: 0,
  mainStatements: 0,
  archiveStatements: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  queueOperations: 0,
  consumerInvocations: 0,
  pushRequests: 0,
}

/** Each kind of operation of both, by what `combine` makes of the two numbers. */
function combined(a: Usage, b: Usage, combine: (a: number, b: number) => number): Usage {
  const result = { ...a }
  for (const key of usageSchema.keyof().options) result[key] = combine(a[key], b[key])
  return result
}

export function plus(...usages: Usage[]): Usage {
  return usages.reduce((sum, usage) => combined(sum, usage, (a, b) => a + b), NOTHING)
}

/** What is added to `from` to come to `to`; may be negative. */
export function minus(to: Usage, from: Usage): Usage {
  return combined(to, from, (a, b) => a - b)
}

export function times(usage: Usage, factor: number): Usage {
  return combined(usage, usage, (a) => a * factor)
}

/** `from` for a share of 0, `to` for 1, and in proportion between and beyond. */
export function between(from: Usage, to: Usage, share: number): Usage {
  return combined(from, to, (a, b) => a + (b - a) * share)
}
