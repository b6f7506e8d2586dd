import { describe, type Assumptions } from './assumptions.ts'
import { SECONDS_PER_DAY, type Plan } from './plan.ts'
import { PRICES, SUBSCRIPTION_DOLLARS } from './prices.ts'

/** What `npm run plan` prints. */
export function show(plan: Plan, assumptions: Assumptions): string {
  return [
    section('Assumed', describe(assumptions)),
    section('Load', load(plan, assumptions)),
    section(`Storage after ${count(assumptions.days)} days`, stored(plan, assumptions)),
    section('A month of 30 days, at list prices', cost(plan, assumptions)),
    section('Of which operations are caused by', causes(plan)),
    section('Limits of the platform', limits(plan)),
  ].join('\n\n')
}

function section(title: string, lines: string[]): string {
  return [title, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n')
}

function load({ day, messagesPerSecond }: Plan, assumptions: Assumptions): string[] {
  const { users, devices, peak } = assumptions
  const rates: [string, number][] = [
    ['messages', messagesPerSecond],
    ['calls to objects', day.objectCalls / SECONDS_PER_DAY],
    ['frames that come in', day.frames / SECONDS_PER_DAY],
    ['alarms', day.alarms / SECONDS_PER_DAY],
    ['requests to the Worker', day.workerRequests / SECONDS_PER_DAY],
    ['pushes, clears included', day.pushRequests / SECONDS_PER_DAY],
    ['batches of pushes', day.consumerInvocations / SECONDS_PER_DAY],
    ['rows written by objects', day.rowsWritten / SECONDS_PER_DAY],
    ['statements, main database', day.mainStatements / SECONDS_PER_DAY],
    ['statements, archive', day.archiveStatements / SECONDS_PER_DAY],
  ]
  const lines = rates.map(([name, rate]) =>
    columns(
      [name, 28],
      [count(rate), 12],
      ['/s on average,', 16],
      [count(rate * peak), 12],
      ['/s at the peak', 0],
    ),
  )
  const sockets = columns(['user sockets open', 28], [count(users * devices), 12], [' at most', 0])
  return [...lines, sockets]
}

function stored({ storage }: Plan, assumptions: Assumptions): string[] {
  const sizes: [string, number, string][] = [
    ['messages in channels', storage.history, ''],
    ['inboxes', storage.inboxes, 'of 30 days'],
    ['objects before that', storage.objects, `${count(storage.objectCount)} objects`],
    [
      'archive (D1)',
      storage.archive,
      `${count(assumptions['archive-days'])} days; ${count(storage.archivePerDay)} GB and ` +
        `${(storage.archivePerDay / 10).toFixed(1)} databases more every day`,
    ],
    ['accounts (D1)', storage.accounts, ''],
  ]
  return sizes.map(([name, gb, note]) => columns([name, 28], [count(gb), 12], [` GB  ${note}`, 0]))
}

function cost({ lines, totalDollars }: Plan, { users }: Assumptions): string[] {
  const rows = lines.map(({ billed, amount, dollars }) => {
    const { name, unit, page } = PRICES[billed]
    return columns(
      [name, 22],
      [count(amount), 22],
      [` ${unit}`, 12],
      [money(dollars), 14],
      [`  ${page}`, 0],
    )
  })
  const perThousand = (totalDollars / users) * 1000
  return [
    ...rows,
    columns(['subscription', 22], ['', 22], ['', 12], [money(SUBSCRIPTION_DOLLARS), 14]),
    columns(['all', 22], ['', 22], ['', 12], [money(totalDollars), 14]),
    columns(['for 1,000 people', 22], ['', 22], ['', 12], [`$${perThousand.toFixed(2)}`, 14]),
  ]
}

function causes({ causes: all }: Plan): string[] {
  return all.map(({ cause, dollars }) => columns([cause, 28], [money(dollars), 14]))
}

function limits({ limits: all }: Plan): string[] {
  return all.map(({ what, value, limit, unit, note }) => {
    const share = value / limit
    const verdict = share > 1 ? `${share.toFixed(1)} times too much` : share > 0.5 ? 'near' : 'ok'
    const of = `${count(value)} of ${count(limit)} ${unit}`
    return columns([what, 60], [of, 30], [`  ${verdict}${note && `; ${note}`}`, 0])
  })
}

/** Names to the left, what ends in a digit to the right. */
function columns(...cells: [text: string, width: number][]): string {
  return cells
    .map(([text, width]) => (/\d$/.test(text) ? text.padStart(width) : text.padEnd(width)))
    .join('')
}

function count(value: number): string {
  const digits = value === 0 || value >= 10 ? 0 : value >= 1 ? 1 : 3
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

function money(dollars: number): string {
  return `$${Math.round(dollars).toLocaleString('en-US')}`
}
