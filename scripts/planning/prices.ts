/**
 * What Cloudflare charges on the Workers Paid plan, in US dollars a month, as its public pages said in
 * November 2026. Contracts at this size are negotiated; these are list prices.
 */

/** Something that is billed by the unit: what is included, and what `per` more of it cost. */
export interface Price {
  name: string
  unit: string
  included: number
  dollars: number
  per: number
  /** The page that says so, below https://developers.cloudflare.com/. */
  page: string
}

const MILLION = 1e6
const BILLION = 1e9
const WORKERS = 'workers/platform/pricing/'
const OBJECTS = 'durable-objects/platform/pricing/'
const D1 = 'd1/platform/pricing/'

/** The subscription, whatever is used. */
export const SUBSCRIPTION_DOLLARS = 5

export const PRICES = {
  workerRequests: price('Worker requests', 'requests', 10 * MILLION, 0.3, MILLION, WORKERS),
  workerCpuMs: price('Worker CPU', 'ms', 30 * MILLION, 0.02, MILLION, WORKERS),
  objectRequests: price('object requests', 'requests', MILLION, 0.15, MILLION, OBJECTS),
  objectGbSeconds: price('object duration', 'GB-s', 400_000, 12.5, MILLION, OBJECTS),
  rowsRead: price('object rows read', 'rows', 25 * BILLION, 0.001, MILLION, OBJECTS),
  rowsWritten: price('object rows written', 'rows', 50 * MILLION, 1, MILLION, OBJECTS),
  objectGb: price('object storage', 'GB', 5, 0.2, 1, OBJECTS),
  d1RowsRead: price('D1 rows read', 'rows', 25 * BILLION, 0.001, MILLION, D1),
  d1RowsWritten: price('D1 rows written', 'rows', 50 * MILLION, 1, MILLION, D1),
  d1Gb: price('D1 storage', 'GB', 5, 0.75, 1, D1),
  queueOperations: price(
    'queue operations',
    'operations',
    MILLION,
    0.4,
    MILLION,
    'queues/platform/pricing/',
  ),
  // From 1 December 2026 "Cloudflare Observability pricing" takes this one's place.
  logEvents: price(
    'log events',
    'events',
    20 * MILLION,
    0.6,
    MILLION,
    'workers/observability/logs/workers-logs/',
  ),
} as const
export type Billed = keyof typeof PRICES

/** So many frames that come in over sockets are billed as one request to the object. */
export const FRAMES_PER_REQUEST = 20
/** An object is billed for 128 MB while it is awake, whatever it uses. */
export const OBJECT_GB = 0.128
/** Beyond so many log events a day, only one in a hundred is kept. */
export const LOG_EVENTS_PER_DAY = 5 * BILLION
export const LOG_SAMPLE_BEYOND = 0.01

function price(
  name: string,
  unit: string,
  included: number,
  dollars: number,
  per: number,
  page: string,
): Price {
  return { name, unit, included, dollars, per, page }
}

/** What `amount` of something costs in a month. */
export function monthlyDollars(billed: Billed, amount: number): number {
  const { included, dollars, per } = PRICES[billed]
  return (Math.max(0, amount - included) / per) * dollars
}
