import { parseArgs } from 'node:util'
import { bundleWorker } from '../scripts/serve-worker.ts'
import { makeDevVars } from '../scripts/state.ts'
import { requireInstall } from '../scripts/tools.ts'
import { countBill, writeBill } from './bill.ts'
import { median, percentile, show, type Figure } from './figures.ts'
import {
  attach,
  catchUp,
  connectAll,
  echo,
  makeChannel,
  manyInFlight,
  oneInFlight,
  type Attached,
  type Timed,
} from './scenarios.ts'
import { startFloor, startParley, type BenchServer, type Disk } from './servers.ts'
import { showBill } from './show-bill.ts'
import { BenchSocket } from './socket.ts'

/**
 * `npm run bench`: what the built Worker does under workerd on this machine, on disk and on tmpfs, each
 * figure beside a floor taken in the same run. Prints a table, and a JSON line for each figure. Three
 * runs of each; the median counts. `--runs N`, `--disk` or `--tmpfs` for one of the two. Then it counts what
 * Cloudflare would bill, and writes `bench/bill.json`; `--bill` does only that.
 */

const RUNS_DEFAULT = '3'
const PAIRS = 50
const GROUP = 100
const CONNECTS = 1000

requireInstall()
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: RUNS_DEFAULT },
    disk: { type: 'boolean', default: false },
    tmpfs: { type: 'boolean', default: false },
    bill: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
makeDevVars()
if (!values.bill) {
  await bundleWorker()
  const both = values.disk === values.tmpfs
  for (const disk of ['disk', 'tmpfs'] as const) {
    if (!both && !values[disk]) continue
    console.log(`\n${disk}`)
    await measureFloor(disk)
    await measureParley(disk)
  }
}
if (values.bill || !(values.disk || values.tmpfs)) {
  const bill = await countBill()
  writeBill(bill)
  console.log(`\n${showBill(bill)}`)
}

async function measureFloor(disk: Disk): Promise<void> {
  const server = await startFloor(disk, 8931)
  const bare = await BenchSocket.open(`${server.url}/echo`, '')
  const insert = await BenchSocket.open(`${server.url}/insert?name=insert`, '')
  await report(disk, 'floor: echo, 50 in flight', 'msg/s', 20_000, () => echo(bare, 50, 20_000))
  await report(disk, 'floor: insert, then echo, 50 in flight', 'msg/s', 10_000, () =>
    echo(insert, 50, 10_000),
  )
  await report(disk, 'floor: insert, then echo, 1 in flight', 'msg/s', 1_000, () =>
    echo(insert, 1, 1_000),
  )
  await server.stop()
}

async function measureParley(disk: Disk): Promise<void> {
  const server = await startParley(disk, 2 + 2 * PAIRS + GROUP + CONNECTS, 8932)
  const people = [...server.people]
  const take = (count: number) => people.splice(0, count)

  const dm = await openChannel(server, take(2))
  const [from, to] = [at(dm, 0), at(dm, 1)]
  await report(disk, 'DM, 1 in flight, to the recipient', 'ms p50', 500, () =>
    oneInFlight(from, to, 500, 0),
  )
  await report(disk, 'DM, 10 ms of quiet before each', 'ms p50', 200, () =>
    oneInFlight(from, to, 200, 10),
  )
  await report(disk, 'DM, 50 in flight', 'msg/s', 10_000, () =>
    manyInFlight([from.channel], 50, 10_000),
  )

  const pairs: Attached[][] = []
  for (let i = 0; i < PAIRS; i++) pairs.push(await openChannel(server, take(2)))
  const senders = pairs.map((pair) => at(pair, 0).channel)
  await report(disk, '50 DM pairs, 10 in flight each', 'msg/s', PAIRS * 200, () =>
    manyInFlight(senders, 10, 200),
  )

  const group = await openChannel(server, take(GROUP))
  const last = at(group, GROUP - 1).channel
  await report(disk, 'group of 100, 10 in flight', 'deliveries/s', 1_000 * GROUP, async () => {
    const seen = last.rows
    const timed = await manyInFlight([at(group, 0).channel], 10, 1_000)
    await last.hasRows(seen + 1_000)
    return timed
  })

  const rest = take(CONNECTS)
  const before = server.memory()
  for (const socket of await connectAll(server, rest)) socket.close()
  const connected: BenchSocket[] = []
  await report(disk, 'connects of people who were here before', '/s', CONNECTS, async () => {
    for (const socket of connected.splice(0)) socket.close()
    const start = performance.now()
    connected.push(...(await connectAll(server, rest)))
    return { latencies: [], took: performance.now() - start }
  })
  const idle = (server.memory() - before) / CONNECTS / 1024
  print(disk, {
    name: 'memory of an idle connected person, their object included',
    unit: 'KiB',
    values: [idle],
  })

  const away = rest.slice(0, 2)
  const missed = await openChannel(server, away)
  await manyInFlight([at(missed, 0).channel], 20, 1_000)
  for (const { user } of missed) await user.hasRows(1_000)
  const reader = away[1]
  if (reader) {
    const times: number[] = []
    for (let i = 0; i < runs; i++) times.push(await catchUp(server, reader, 1_000))
    print(disk, { name: 'catch-up of 1,000 missed messages', unit: 'ms', values: times })
  }
  await server.stop()
}

async function openChannel(server: BenchServer, people: BenchServer['people']) {
  const channelId = await makeChannel(server, people)
  return await Promise.all(people.map((person) => attach(server, channelId, person)))
}

function at(attached: Attached[], index: number): Attached {
  const found = attached[index]
  if (!found) throw new Error(`nobody is attached at ${index}`)
  return found
}

/** Runs a scenario of `count` things; a unit that ends in p50 counts latencies, another what is done a second. */
async function report(
  disk: Disk,
  name: string,
  unit: string,
  count: number,
  run: () => Promise<Timed>,
): Promise<void> {
  const figure: Figure = { name, unit, values: [] }
  for (let i = 0; i < runs; i++) {
    const { latencies, took } = await run()
    figure.values.push(unit.endsWith('p50') ? median(latencies) : (count / took) * 1000)
    if (latencies.length > 0) (figure.p99 ??= []).push(percentile(latencies, 0.99))
  }
  print(disk, figure)
}

function print(disk: Disk, figure: Figure): void {
  console.log(show(figure))
  console.log(JSON.stringify({ disk, ...figure }))
}
