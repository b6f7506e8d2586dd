import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SEED_PASSWORD, type Seeded } from '../scripts/seed-accounts.ts'
import { ASLEEP_AFTER_MS, Counter } from './counter.ts'
import {
  NEWEST,
  call,
  converse,
  hangUp,
  last,
  send,
  sender,
  type Conversation,
} from './conversation.ts'
import { appear, keepAlive, leave, makeCircle } from './presence.ts'
import { catchUp, sendMany, TEXT } from './scenarios.ts'
import { PushService } from './push-service.ts'
import { countPushes, registerSecond } from './pushed.ts'
import { startCounting, type BenchServer } from './servers.ts'
import { BenchSocket } from './socket.ts'
import { billSchema, times, type Bill, type Counted, type Scenario, type Stored } from './usage.ts'

/**
 * Counts what Cloudflare would bill for: of single things, each of which wakes objects that slept, and
 * of a lively conversation, a message a second. Writes `bill.json`, from which `npm run plan` works.
 */

const BILL_FILE = join(import.meta.dirname, 'bill.json')

/** DMs that do the same at once, for the moments at which inboxes are told are random. */
const PAIRS = 10
const GROUP = 100
const BUSY_MESSAGES = 10
const BUSY_EVERY_MS = 1_000
const MISSED = 1_000
const STORED_MESSAGES = 2_000
const SIGN_UPS = 5
const CIRCLES = 3
const FRIENDS = 20
const FRIENDS_THERE = 5
/** Heartbeats are looked at every 25 to 30 seconds. */
const WATCHED_MS = 65_000
/** Enough that what an empty database takes does not count. */
const ACCOUNTS = 4_000

export async function countBill(): Promise<Bill> {
  const server = await startCounting(ACCOUNTS, 8933)
  const service = await PushService.start(8934)
  try {
    return await new BillBench(server, service).run()
  } finally {
    await server.stop()
    service.stop()
  }
}

export function writeBill(bill: Bill): void {
  const round = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(3)) : value
  writeFileSync(BILL_FILE, `${JSON.stringify(bill, round, 2)}\n`)
}

class BillBench {
  readonly server: BenchServer
  readonly service: PushService
  readonly counter: Counter
  private readonly people: Seeded[]
  private readonly counted: Partial<Record<Scenario, Counted>> = {}

  constructor(server: BenchServer, service: PushService) {
    this.server = server
    this.service = service
    this.people = [...server.people]
    this.counter = new Counter(server)
  }

  async run(): Promise<Bill> {
    const stored = await this.measureStored()
    const live = await this.dms(2)
    const http = await this.dms(2)
    const away = await this.dms(1)
    const pushed = await this.dms(1)
    await registerSecond(this, pushed)
    const comers = live.flatMap(({ people }) => people)
    const group = await converse(this.server, this.take(GROUP), GROUP)
    const awayGroup = await converse(this.server, this.take(GROUP), 1)
    await setTimeout(ASLEEP_AFTER_MS)

    await this.messages('dmLive', 'DM, both have it open', live)
    await this.messages('dmAway', 'DM, recipient away', away)
    Object.assign(this.counted, await countPushes(this, pushed))
    await this.messages('groupLive', `group of ${GROUP}, all have it open`, [group])
    await this.messages('groupAway', `group of ${GROUP}, all but the sender away`, [awayGroup])
    await this.count('dmHttp', 'DM by HTTP, both have it open', 'message', http, async (dm) => {
      await call(this.server, 'POST', `/v1/channels/${dm.channelId}/messages`, dm.people[0], {
        clientId: randomUUID(),
        text: TEXT,
      })
    })
    await this.busy('dmLiveBusy', 'DM, both have it open, lively', live)
    await this.busy('dmAwayBusy', 'DM, recipient away, lively', away)
    await this.busy('groupLiveBusy', `group of ${GROUP}, all have it open, lively`, [group])
    await this.busy('groupAwayBusy', `group of ${GROUP}, all but the sender away, lively`, [
      awayGroup,
    ])
    await this.burst(group)
    await this.receipts(live, group)
    await this.logins(live, comers)
    await this.presence()
    return billSchema.parse({ groupSize: GROUP, stored, counted: this.counted })
  }

  private async messages(scenario: Scenario, what: string, all: Conversation[]): Promise<void> {
    await this.count(scenario, what, 'message', all, send)
  }

  private async busy(scenario: Scenario, what: string, all: Conversation[]): Promise<void> {
    const usage = await this.counter.each(all.length * BUSY_MESSAGES, async () => {
      for (let i = 0; i < BUSY_MESSAGES; i++) {
        await Promise.all([...all.map((one) => send(one)), setTimeout(BUSY_EVERY_MS)])
      }
    })
    this.counted[scenario] = { what, unit: 'message', usage }
  }

  private async burst({ attached }: Conversation): Promise<void> {
    const usage = await this.counter.each(BUSY_MESSAGES, () =>
      sendMany([sender(attached).channel], BUSY_MESSAGES, BUSY_MESSAGES),
    )
    const what = `group of ${GROUP}, all have it open, ${BUSY_MESSAGES} at once`
    this.counted.groupLiveBurst = { what, unit: 'message', usage }
  }

  /** What recipients and senders do to messages that are there. */
  private async receipts(dms: Conversation[], group: Conversation): Promise<void> {
    await this.count('delivered', 'DM, a device confirms', 'receipt', dms, async ({ attached }) => {
      const { user } = last(attached)
      await user.ask(`"t":"cursor","cursor":${user.cursor}`)
    })
    await this.count('readDm', 'DM, read mark', 'mark', dms, async ({ attached }) => {
      await last(attached).channel.ask(`"t":"read","messageId":${NEWEST}`)
    })
    await this.count('readGroup', `group of ${GROUP}, read mark`, 'mark', [group], async (all) => {
      await last(all.attached).channel.ask(`"t":"read","messageId":${NEWEST}`)
    })
    const own = await Promise.all(dms.map((dm) => this.newestMessage(dm)))
    await this.count('edit', 'DM, edit by HTTP', 'edit', own, async ({ path, author }) => {
      await call(this.server, 'PATCH', path, author, { text: `${TEXT} Or so.` })
    })
  }

  private async newestMessage({ channelId, people }: Conversation) {
    const at = `/v1/channels/${channelId}/messages`
    const [author] = people
    const page = await call(this.server, 'GET', `${at}?limit=1`, author)
    return { path: `${at}/${/"messageId":(\d+)/.exec(page)?.[1]}`, author }
  }

  private async logins(dms: Conversation[], comers: Seeded[]): Promise<void> {
    for (const { attached } of dms) for (const both of attached) hangUp(both)
    const missed = await converse(this.server, this.take(2), 1)
    await sendMany([sender(missed.attached).channel], 1, MISSED)
    await this.counter.settled()
    await setTimeout(ASLEEP_AFTER_MS)
    const sockets: BenchSocket[] = []
    await this.count('connect', 'a device comes back', 'connect', comers, async (person) => {
      const socket = await BenchSocket.open(`${this.server.url}/v1/ws?cursor=1`, person.token)
      await socket.hasFrames(2)
      sockets.push(socket)
    })
    await this.count('open', 'a conversation is opened', 'time', dms, async (dm) => {
      const url = `${this.server.url}/v1/channels/${dm.channelId}/ws`
      sockets.push(await BenchSocket.open(url, dm.people[0]?.token ?? ''))
    })
    await this.count(
      'catchUp',
      `${MISSED} messages were missed`,
      'connect',
      [missed],
      async (dm) => {
        const [, reader] = dm.people
        if (reader) await catchUp(this.server, reader, MISSED)
      },
    )
    const run = randomUUID().slice(0, 8)
    const accounts = Array.from({ length: SIGN_UPS }, (_, index) => `b${run}_${index}`)
    await this.count('signUp', 'sign-up', 'account', accounts, async (username) => {
      await call(this.server, 'POST', '/api/auth/sign-up/email', undefined, {
        email: `${username}@bench.example`,
        password: SEED_PASSWORD,
        name: username,
        username,
      })
    })
    await this.count('signIn', 'login with a password', 'login', accounts, async (username) => {
      const body = { username, password: SEED_PASSWORD }
      await call(this.server, 'POST', '/api/auth/sign-in/username', undefined, body)
    })
    for (const socket of sockets) socket.close()
  }

  /** What it costs to be seen: by friends of whom some are there, and who were friends the last time too. */
  private async presence(): Promise<void> {
    const circles = await Promise.all(
      Array.from({ length: CIRCLES }, () => {
        const [person, ...friends] = this.take(1 + FRIENDS)
        if (!person) throw new Error('there are too few accounts')
        return makeCircle(this.server, [person, ...friends], FRIENDS_THERE)
      }),
    )
    const come = ({ person, friends }: (typeof circles)[number]): Promise<BenchSocket> =>
      appear(this.server, person, friends)
    const alive = circles.flatMap(({ watching }) => watching)
    const stop = keepAlive(alive)
    const devices = await Promise.all(circles.map(come))
    alive.push(...devices)
    await this.counter.settled()
    const looks = await this.counter.each(1, () => setTimeout(WATCHED_MS))
    this.counted.look = {
      what: 'heartbeats of somebody who is watched are looked at',
      unit: 'alarm',
      usage: times(looks, 1 / looks.alarms),
    }
    await this.count('leave', 'and goes', 'time', devices, leave)
    await setTimeout(ASLEEP_AFTER_MS)
    const what = `somebody comes whom ${FRIENDS} friends may see, ${FRIENDS_THERE} of them there`
    await this.count('appear', what, 'connect', circles, async (circle) => {
      alive.push(await come(circle))
    })
    stop()
    for (const socket of alive) socket.close()
  }

  /** Bytes of what is stored, from databases with and without it. */
  private async measureStored(): Promise<Stored> {
    const accountsBefore = this.server.people.length
    const { main, archive } = await this.counter.databaseBytes()
    const dm = await converse(this.server, this.take(2), 2)
    await this.counter.settled()
    const channels = await this.counter.objectBytes('channel')
    const users = await this.counter.objectBytes('user')
    await sendMany([sender(dm.attached).channel], 1, STORED_MESSAGES)
    await this.counter.settled()
    const channelBytes = (await this.counter.objectBytes('channel')).bytes - channels.bytes
    const userBytes = (await this.counter.objectBytes('user')).bytes - users.bytes
    const archiveBytes = (await this.counter.databaseBytes()).archive - archive
    for (const both of dm.attached) hangUp(both)
    return {
      userObject: users.bytes / users.objects,
      channelObject: channels.bytes / channels.objects,
      account: main / accountsBefore,
      textBytes: TEXT.length,
      messageInChannel: channelBytes / STORED_MESSAGES,
      messageInInbox: userBytes / users.objects / STORED_MESSAGES,
      messageInArchive: archiveBytes / STORED_MESSAGES,
    }
  }

  /** Counts the same done for each of `all` at once. */
  private async count<T>(
    scenario: Scenario,
    what: string,
    unit: string,
    all: T[],
    act: (one: T) => Promise<void>,
  ): Promise<void> {
    const usage = await this.counter.each(all.length, () => Promise.all(all.map(act)))
    this.counted[scenario] = { what, unit, usage }
  }

  private dms(attached: 1 | 2): Promise<Conversation[]> {
    const pairs = Array.from({ length: PAIRS }, () => this.take(2))
    return Promise.all(pairs.map((people) => converse(this.server, people, attached)))
  }

  private take(count: number): Seeded[] {
    return this.people.splice(0, count)
  }
}
