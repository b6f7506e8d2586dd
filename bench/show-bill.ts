import { SCENARIOS, type Bill, type Usage } from './usage.ts'

const COLUMNS: [keyof Usage, string][] = [
  ['workerRequests', 'Worker'],
  ['objectCalls', 'calls'],
  ['frames', 'frames'],
  ['alarms', 'alarms'],
  ['awakeSeconds', 'awake s'],
  ['rowsRead', 'rows read'],
  ['rowsWritten', 'written'],
  ['mainStatements', 'D1 main'],
  ['archiveStatements', 'archive'],
  ['d1RowsRead', 'D1 read'],
  ['d1RowsWritten', 'D1 written'],
  ['queueOperations', 'queue'],
  ['consumerInvocations', 'batches'],
  ['pushRequests', 'pushes'],
]

/** The table that `npm run bench -- --bill` prints. */
export function showBill({ counted, stored }: Bill): string {
  const head = row(
    'what Cloudflare would bill, for each',
    COLUMNS.map(([, title]) => title),
  )
  const lines = SCENARIOS.map((name) => {
    const { what, unit, usage } = counted[name]
    return row(
      `${what} (${unit})`,
      COLUMNS.map(([key]) => String(Number(usage[key].toFixed(2)))),
    )
  })
  const bytes = Object.entries(stored).map(([name, value]) => `${name} ${Math.round(value)}`)
  return [head, ...lines, `bytes: ${bytes.join(', ')}`].join('\n')
}

function row(name: string, cells: string[]): string {
  return name.padEnd(60) + cells.map((cell) => cell.padStart(11)).join('')
}
