import { expect, it, onTestFinished } from 'vitest'
import { ParleyClient } from '../../client/index.ts'
import type { Message } from '../../protocol/objects.ts'
import { PASSWORD, Person } from './support/person.ts'
import { freePort, removeFolder, startServer } from './support/server.ts'

/** How often the server is killed; more by `KILLS`. */
const KILLS = Number(process.env['KILLS'] ?? 3)
const PEOPLE = 20
/** Acknowledged messages between one kill and the next. */
const BETWEEN = 150

it(`a server that is killed ${KILLS} times while 20 people send loses and doubles nothing`, async () => {
  const port = await freePort()
  let server = await startServer({ port })
  onTestFinished(() => removeFolder(server))
  const people: Person[] = []
  for (let i = 0; i < PEOPLE; i++) people.push(await Person.signUp(server.url, `p${i}x`))
  const [creator, ...others] = people
  const { channelId } = await creator!.makeGroup('Storm', others)

  const crowd = await Promise.all(
    people.map((person) => Sender.start(server.url, person, channelId)),
  )
  onTestFinished(() => crowd.forEach((sender) => sender.client.close()))
  for (let kill = 1; kill <= KILLS; kill++) {
    await stored(crowd, kill * BETWEEN)
    await server.kill()
    server = await startServer({ port, persistTo: server.persistTo })
  }
  onTestFinished(() => server.stop())
  await stored(crowd, (KILLS + 1) * BETWEEN)
  for (const sender of crowd) sender.stop()
  await expect.poll(() => crowd.every((sender) => sender.isDone), { timeout: 120_000 }).toBe(true)

  const log = await wholeHistory(creator!, channelId)
  const ids = log.map(({ messageId }) => messageId)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  const sent = crowd.flatMap(({ written }) => [...written])
  const texts = log.filter(({ kind }) => kind === 'text').map(({ text }) => text)
  // What was written is there, each once, and each person's in the order they wrote it.
  expect(texts.toSorted()).toEqual(sent.toSorted())
  for (const { written } of crowd) {
    expect(texts.filter((text) => written.has(text))).toEqual([...written])
  }
  // And every device has what was said, once and in order, without having asked again.
  for (const { client } of crowd) {
    await expect
      .poll(() => client.timeline(channelId).latest.at(-1)?.messageId, { timeout: 60_000 })
      .toBe(ids.at(-1))
    const held = client.timeline(channelId).latest
    const from = held[0]?.messageId ?? 0
    expect(held.map(({ messageId }) => messageId)).toEqual(ids.filter((id) => id >= from))
  }
}, 600_000)

/** Someone who writes without pause, with the conversation open. */
class Sender {
  readonly client: ParleyClient
  readonly written = new Set<string>()
  stored = 0
  private readonly name: string
  private readonly channelId: string
  private sending = true

  private constructor(client: ParleyClient, name: string, channelId: string) {
    this.client = client
    this.name = name
    this.channelId = channelId
    client.on('changed', () => this.next())
  }

  static async start(url: string, person: Person, channelId: string): Promise<Sender> {
    const client = new ParleyClient({ baseUrl: url })
    await client.account.signIn(person.handle, PASSWORD)
    const sender = new Sender(client, person.handle, channelId)
    await client.connect()
    client.open(channelId)
    sender.next()
    return sender
  }

  get isDone(): boolean {
    return this.client.outgoing(this.channelId).length === 0
  }

  stop(): void {
    this.sending = false
  }

  /** Writes the next one as soon as the last one is stored. */
  private next(): void {
    if (!this.isDone) return
    this.stored = this.written.size
    if (!this.sending) return
    const text = `${this.name} ${this.written.size}`
    this.written.add(text)
    this.client.send(this.channelId, text)
  }
}

async function stored(crowd: Sender[], count: number): Promise<void> {
  const total = (): number => crowd.reduce((sum, sender) => sum + sender.stored, 0)
  await expect.poll(total, { timeout: 180_000, interval: 20 }).toBeGreaterThanOrEqual(count)
}

async function wholeHistory(person: Person, channelId: string): Promise<Message[]> {
  const log: Message[] = []
  let query = '?limit=200'
  for (;;) {
    const page = await person.history(channelId, query)
    log.unshift(...page.messages)
    if (!page.hasMoreBefore) return log
    query = `?limit=200&before=${log[0]?.messageId}`
  }
}
