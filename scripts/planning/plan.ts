import { plus, times, type Bill, type Usage } from '../../bench/usage.ts'
import type { Assumptions } from './assumptions.ts'
import { nearLimits, type NearLimit } from './limits.ts'
import { dayOfOne, storage, type Storage } from './load.ts'
import {
  FRAMES_PER_REQUEST,
  LOG_EVENTS_PER_DAY,
  LOG_SAMPLE_BEYOND,
  monthlyDollars,
  OBJECT_GB,
  PRICES,
  SUBSCRIPTION_DOLLARS,
  type Billed,
} from './prices.ts'

export const SECONDS_PER_DAY = 86_400
const DAYS_PER_MONTH = 30

export interface Plan {
  /** Operations of everybody, a day. */
  day: Usage
  /** Messages a second, on average. */
  messagesPerSecond: number
  /** What is billed in a month of 30 days, in the unit of its price, and what that costs. */
  lines: { billed: Billed; amount: number; dollars: number }[]
  /** The same money by what causes it; what storage and logs cost, and what is included, is in none. */
  causes: { cause: string; dollars: number }[]
  totalDollars: number
  storage: Storage
  limits: NearLimit[]
}

/** Counts, prices and assumptions in; load, storage, cost and limits out. */
export function makePlan(bill: Bill, assumptions: Assumptions): Plan {
  const parts = dayOfOne(bill, assumptions)
  const day = times(plus(...Object.values(parts)), assumptions.users)
  const stored = storage(bill, assumptions)
  const amounts: Record<Billed, number> = {
    ...monthOf(day),
    objectGb: stored.history + stored.inboxes + stored.objects,
    d1Gb: stored.archive + stored.accounts,
    logEvents: logEvents(day, assumptions['log-sampling']) * DAYS_PER_MONTH,
  }
  const lines = BILLED.map((billed) => ({
    billed,
    amount: amounts[billed],
    dollars: monthlyDollars(billed, amounts[billed]),
  }))
  return {
    day,
    messagesPerSecond: (assumptions.users * assumptions['messages-per-day']) / SECONDS_PER_DAY,
    lines,
    causes: Object.entries(parts).map(([cause, usage]) => ({
      cause,
      dollars: grossDollars(times(usage, assumptions.users)),
    })),
    totalDollars: SUBSCRIPTION_DOLLARS + lines.reduce((sum, { dollars }) => sum + dollars, 0),
    storage: stored,
    limits: nearLimits(bill, assumptions, day, stored),
  }
}

const OPERATIONS = [
  'workerRequests',
  'workerCpuMs',
  'objectRequests',
  'objectGbSeconds',
  'rowsRead',
  'rowsWritten',
  'd1RowsRead',
  'd1RowsWritten',
  'queueOperations',
] as const satisfies Billed[]
const BILLED: Billed[] = [...OPERATIONS, 'objectGb', 'd1Gb', 'logEvents']

function monthOf(day: Usage): Record<(typeof OPERATIONS)[number], number> {
  const month = times(day, DAYS_PER_MONTH)
  return {
    workerRequests: month.workerRequests + month.consumerInvocations,
    workerCpuMs: month.workerCpuMs,
    objectRequests: month.objectCalls + month.alarms + month.frames / FRAMES_PER_REQUEST,
    objectGbSeconds: month.awakeSeconds * OBJECT_GB,
    rowsRead: month.rowsRead,
    rowsWritten: month.rowsWritten,
    d1RowsRead: month.d1RowsRead,
    d1RowsWritten: month.d1RowsWritten,
    queueOperations: month.queueOperations,
  }
}

/** Every invocation writes one event, unless it is sampled away; frames count one by one here. */
function logEvents(day: Usage, sampling: number): number {
  const invocations = day.workerRequests + day.consumerInvocations
  const events = (invocations + day.objectCalls + day.frames + day.alarms) * sampling
  const beyond = Math.max(0, events - LOG_EVENTS_PER_DAY)
  return events - beyond + beyond * LOG_SAMPLE_BEYOND
}

/** What operations cost in a month before anything that is included. */
function grossDollars(day: Usage): number {
  const month = monthOf(day)
  return OPERATIONS.reduce((sum, billed) => {
    const { dollars, per } = PRICES[billed]
    return sum + (month[billed] / per) * dollars
  }, 0)
}
