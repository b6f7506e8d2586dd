import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { bundleWorker } from '../scripts/serve-worker.ts'
import { makeDevVars } from '../scripts/state.ts'
import { PageBench } from './page.ts'
import { requireInstall, stop } from '../scripts/tools.ts'
import { countBill, writeBill } from './bill.ts'
import { median, percentile, show, type Figure } from './figures.ts'
import { measureMemory, type Memory } from './memory.ts'
import {
  attach,
  catchUp,
  connectAll,
  echo,
  makeChannel,
  manyInFlight,
  oneInFlight,
  openAll,
  type Attached,
  type Timed,
} from './scenarios.ts'
import { startFloor, startParley, type BenchServer, type Disk } from './servers.ts'
import { PushBench } from './push.ts'
import { readMany, searchMany, SEARCHES, startSearch } from './search.ts'
import { showBill } from './show-bill.ts'
import { BenchSocket } from './socket.ts'

/**
 * `npm run bench`: what the built Worker does under workerd on this machine, on disk and on tmpfs, each
 * figure beside a floor taken in the same run. Prints a table, and a JSON line for each figure. Three
 * runs of each; the median counts. `--runs N`, `--disk` or `--tmpfs` for one of the two, `--only TEXT`
 * for the figures whose name contains it. Without these it also counts what Cloudflare would bill, and
 * writes `bench/bill.json`; `--bill` does only that.
 */

const RUNS_DEFAULT = '3'
const PAIRS = 50
const GROUP = 100
const CONNECTS = 1000
/** The alarm that archives rings two seconds after a message. */
const ARCHIVED_AFTER_MS = 5_000
const PUSHES = 5000
/** People who get one message each, a hundred a second. */
const AWAY = 500
const OFFLINE_PAUSE_MS = 10
/** Minutes at 50 messages a second, after which the heap is to be where it was after the first. */
const HEAP_MINUTES = 10

requireInstall()
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: RUNS_DEFAULT },
    disk: { type: 'boolean', default: false },
    tmpfs: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    bill: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) stop('--runs takes a whole number from 1 on.')
makeDevVars()
if (!values.bill) {
  await bundleWorker()
  const both = values.disk === values.tmpfs
  for (const disk of ['disk', 'tmpfs'] as const) {
    if (!both && !values[disk]) continue
    console.log(`\n${disk}`)
    await measureFloor(disk)
    await measureParley(disk)
    await measureIdle(disk)
    await measureSearch(disk)
    if (disk === 'disk') await measurePage()
  }
  await measurePushes()
}
if (values.bill || !(values.disk || values.tmpfs || values.only)) {
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
  await report(
    disk,
    'floor: echo to 100 sockets, 10 in flight',
    'deliveries/s',
    1_000 * GROUP,
    () => fanFloor(server),
  )
  await server.stop()
}

async function measureIdle(disk: Disk): Promise<void> {
  const own = 'floor: memory of a socket on an object of its own'
  const person = 'memory of an idle connected person'
  const asleep = (name: string): string => `${name}, hibernated`
  const tell = (name: string, memory: Memory): void => {
    print(disk, { name, unit: 'KiB', values: [memory.awake] })
    print(disk, { name: asleep(name), unit: 'KiB', values: [memory.asleep] })
  }
  if (isWanted(own) || isWanted(asleep(own))) {
    const floor = await startFloor(disk, 8936)
    const connect = (from: number) => {
      const urls = Array.from(
        { length: CONNECTS },
        (_, i) => `${floor.url}/insert?name=${from + i}`,
      )
      return openAll(urls, (url) => BenchSocket.open(url, ''))
    }
    tell(own, await measureMemory(floor, CONNECTS, connect))
    await floor.stop()
  }
  if (isWanted(person) || isWanted(asleep(person))) {
    const server = await startParley(disk, 2 * CONNECTS, 8937)
    const connect = (from: number) => connectAll(server, server.people.slice(from, from + CONNECTS))
    tell(person, await measureMemory(server, CONNECTS, connect))
    await server.stop()
  }
}

async function fanFloor(server: BenchServer): Promise<Timed> {
  const urls = Array.from({ length: GROUP }, () => `${server.url}/fan?name=fan`)
  const sockets = await openAll(urls, (url) => BenchSocket.open(url, ''))
  const timed = await echo(firstOf(sockets), 10, 1_000)
  await Promise.all(sockets.map((socket) => socket.hasRows(1_000)))
  for (const socket of sockets) socket.close()
  return timed
}

async function measureParley(disk: Disk): Promise<void> {
  const server = await startParley(disk, 4 + 2 * PAIRS + GROUP + CONNECTS, 8932)
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
  await report(disk, 'DM, 50 in flight', 'msg/s', 60_000, () => manyInFlight([dm], 50, 60_000))

  const pairs: Attached[][] = []
  for (let i = 0; i < PAIRS; i++) pairs.push(await openChannel(server, take(2)))
  await report(disk, '50 DM pairs, 10 in flight each', 'msg/s', PAIRS * 1_200, () =>
    manyInFlight(pairs, 10, 1_200),
  )

  const group = await openChannel(server, take(GROUP))
  await report(disk, 'group of 100, 10 in flight', 'deliveries/s', 5_000 * GROUP, () =>
    manyInFlight([group], 10, 5_000),
  )

  const away = take(2)
  const rest = take(CONNECTS)
  const connected: BenchSocket[] = []
  const connects = 'connects of people who were here before'
  if (isWanted(connects)) {
    connected.push(...(await connectAll(server, rest)))
    await pairUp(server, rest, connected)
  }
  await report(disk, connects, '/s', CONNECTS, async () => {
    for (const socket of connected.splice(0)) socket.close()
    const start = performance.now()
    connected.push(...(await connectAll(server, rest)))
    return { latencies: [], took: performance.now() - start }
  })
  await measureCatchUp(disk, server, away)
  await server.stop()
}

async function measureSearch(disk: Disk): Promise<void> {
  const names = SEARCHES.map(({ name }) => `search of 1,000,000 messages: ${name}`)
  const newest = 'search: newest page of 100,000 messages'
  const oldest = 'search: message 1 of 100,000'
  const indexing = 'search: messages archived and indexed'
  if (![...names, newest, oldest, indexing].some(isWanted)) return
  const bench = await startSearch(disk, 8934)
  const { archived } = bench
  if (isWanted(indexing)) {
    print(disk, { name: indexing, unit: '/s', values: [(archived.count / archived.took) * 1000] })
  }
  for (const [index, search] of SEARCHES.entries()) {
    await report(disk, names[index] ?? '', 'ms p50', 100, () => searchMany(bench, search, 100))
  }
  await report(disk, newest, 'ms p50', 200, () => readMany(bench, '', 200))
  await report(disk, oldest, 'ms p50', 200, () => readMany(bench, '?around=1', 200))
  await bench.server.stop()
}

async function measurePage(): Promise<void> {
  const names = {
    switch: 'page: from one chat to another',
    send: 'page: from Enter to the message on screen',
    scroll: 'page: scrolling through 100,000 messages',
    type: 'page: a key while 50 messages a second arrive',
    heap: `page: heap after ${HEAP_MINUTES} minutes`,
  }
  // Ten minutes are for whoever asks for them.
  const wantsHeap = values.only !== '' && isWanted(names.heap)
  if (![names.switch, names.send, names.scroll, names.type].some(isWanted) && !wantsHeap) return
  const bench = await PageBench.start(8938)
  await report('disk', names.switch, 'ms p50', 40, () => bench.switchChats(40))
  await report('disk', names.send, 'ms p50', 40, () => bench.send(40))
  await report('disk', names.scroll, 'frames/s', 600, async () => {
    const scrolled = await bench.scroll(600)
    console.log(`  ${scrolled.messages} messages passed, at most ${scrolled.most} on the page`)
    return scrolled
  })
  await report('disk', names.type, 'ms p50', 100, async () => {
    const typed = await bench.type(10)
    const slowest = Math.max(...typed.handled).toFixed(1)
    console.log(`  the page had done with the slowest key after ${slowest} ms`)
    return typed
  })
  if (wantsHeap) {
    await bench.arrive(60)
    const first = await bench.heap()
    await bench.arrive((HEAP_MINUTES - 1) * 60)
    const part = (await bench.heap()) / first
    print('disk', { name: `${names.heap}, of the one after 1`, unit: '×', values: [part] })
  }
  await bench.stop()
}

async function measureCatchUp(
  disk: Disk,
  server: BenchServer,
  people: BenchServer['people'],
): Promise<void> {
  if (!isWanted('catch-up of 1,000 missed messages')) return
  await manyInFlight([await openChannel(server, people)], 20, 1_000)
  const reader = firstOf(people.slice(1))
  await report(disk, 'catch-up of 1,000 missed messages', 'ms', 1, async () => ({
    latencies: [],
    took: await catchUp(server, reader, 1_000),
  }))
}

/** Gives each of these connected people a DM with their neighbour, and waits until it is archived. */
async function pairUp(
  server: BenchServer,
  people: BenchServer['people'],
  connected: BenchSocket[],
): Promise<void> {
  for (let i = 0; i < people.length; i += 2) await makeChannel(server, people.slice(i, i + 2))
  await Promise.all(connected.map((socket) => socket.hasFrames(3)))
  await setTimeout(ARCHIVED_AFTER_MS)
}

/** Queues are in memory here, so there is no difference between disk and tmpfs. */
async function measurePushes(): Promise<void> {
  const names = {
    encrypt: 'pushes: encrypted, not sent',
    deliver: 'pushes: from queue to service',
    offline: 'pushes: from sending to the service, 2 s of it waiting',
  }
  if (!Object.values(names).some(isWanted)) return
  console.log('\npushes')
  const bench = await PushBench.start(8935, AWAY)
  await bench.encrypt(100)
  await report('tmpfs', names.encrypt, '/s', PUSHES, () => bench.encrypt(PUSHES))
  await report('tmpfs', names.deliver, '/s', PUSHES, () => bench.deliver(PUSHES))
  if (isWanted(names.offline)) await bench.register()
  await report('tmpfs', names.offline, 'ms p50', AWAY, () => bench.offline(OFFLINE_PAUSE_MS))
  await bench.stop()
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

function firstOf<T>(items: T[]): T {
  const [first] = items
  if (first === undefined) throw new Error('there is none')
  return first
}

function isWanted(name: string): boolean {
  return name.includes(values.only)
}

/**
 * Runs a scenario of `count` things. Unit `ms p50`: the median latency; `ms`: how long it took; another:
 * how many are done a second.
 */
async function report(
  disk: Disk,
  name: string,
  unit: string,
  count: number,
  run: () => Promise<Timed>,
): Promise<void> {
  if (!isWanted(name)) return
  const figure: Figure = { name, unit, values: [] }
  for (let i = 0; i < runs; i++) {
    const { latencies, took } = await run()
    if (unit === 'ms p50') figure.values.push(median(latencies))
    else figure.values.push(unit === 'ms' ? took : (count / took) * 1000)
    if (latencies.length > 0) (figure.p99 ??= []).push(percentile(latencies, 0.99))
  }
  print(disk, figure)
}

function print(disk: Disk, figure: Figure): void {
  console.log(show(figure))
  console.log(JSON.stringify({ disk, ...figure }))
}
