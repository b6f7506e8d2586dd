import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { WindowMessage } from '../../client/shared-link/messages.ts'
import { BrowserWindows } from '../../client/shared-link/windows.ts'
import { windowsLink } from '../../client/windows-link.ts'

/** With the locks and channels that Node has, which are those of browsers. */

const leaving: (() => void)[] = []

afterEach(() => {
  for (const leave of leaving.splice(0)) leave()
})

async function enter(windows: BrowserWindows, window: string) {
  const heard: WindowMessage[] = []
  const waiting: (() => void)[] = []
  const { tell, leave } = await windows.enter(window, (message) => {
    heard.push(message)
    for (const resolve of waiting.splice(0)) resolve()
  })
  leaving.push(leave)
  const next = () => new Promise<void>((resolve) => waiting.push(resolve))
  return { heard, tell, leave, next }
}

const join = (window: string): WindowMessage => ({ t: 'join', window })

test('windows of one name hear each other in order, and nothing that is no message', async () => {
  const name = randomUUID()
  const two = await enter(new BrowserWindows(name), 'two')
  const one = await enter(new BrowserWindows(name), 'one')
  const stranger = new BroadcastChannel(name)
  for (const message of [
    { t: 'join' },
    'frame',
    { t: 'frame', term: 'x', from: 1, frame: { t: 'sync', cursor: 'far' } },
    join('stranger'),
  ]) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    stranger.postMessage(message)
  }
  await two.next()
  stranger.close()
  one.tell(join('a'))
  one.tell(join('b'))
  while (two.heard.length < 3) await two.next()
  expect(two.heard).toEqual([join('stranger'), join('a'), join('b')])
})

test('windows of another version are neither heard nor held up', async () => {
  const name = randomUUID()
  const [old, now] = [new BrowserWindows(`${name}.1`), new BrowserWindows(`${name}.2`)]
  const [one, two] = [await enter(old, 'one'), await enter(now, 'two')]
  const led: string[] = []
  const lead = (who: string) => async () => void led.push(who)
  await old.lead(async () => {
    await now.lead(lead('now'), new AbortController().signal)
  }, new AbortController().signal)
  expect(led).toEqual(['now'])
  one.tell(join('one'))
  const other = await enter(new BrowserWindows(`${name}.1`), 'three')
  one.tell(join('again'))
  await other.next()
  expect([one.heard, two.heard]).toEqual([[], []])
})

test('one leads at a time; one that takes over robs it, and it is told', async () => {
  const windows = new BrowserWindows(randomUUID())
  const { signal } = new AbortController()
  const began = Promise.withResolvers<void>()
  const robbed = windows.lead(() => {
    began.resolve()
    return new Promise(() => undefined)
  }, signal)
  const reason = robbed.catch((thrown: unknown) => thrown)
  await began.promise
  const order: string[] = []
  const waits = windows.lead(async () => void order.push('waited'), signal)
  await windows.takeOver(async () => void order.push('took over'))
  expect(await reason).toMatchObject({ name: 'AbortError' })
  await waits
  expect(order).toEqual(['took over', 'waited'])
})

test('whoever waits for the lead can give that up', async () => {
  const windows = new BrowserWindows(randomUUID())
  const led = Promise.withResolvers<void>()
  const leads = windows.lead(() => led.promise, new AbortController().signal)
  const waiting = new AbortController()
  const waits = windows.lead(async () => undefined, waiting.signal)
  const reason = waits.catch((thrown: unknown) => thrown)
  waiting.abort()
  expect(await reason).toMatchObject({ name: 'AbortError' })
  led.resolve()
  await leads
})

test('a window that left and is back at once hears and is heard', async () => {
  const windows = new BrowserWindows(randomUUID())
  const two = await enter(windows, 'two')
  const before = await enter(windows, 'before')
  const now = await enter(windows, 'now')
  before.leave()
  before.tell(join('nobody'))
  now.tell(join('now'))
  await two.next()
  expect(two.heard).toEqual([join('now')])
  two.tell(join('two'))
  await now.next()
  expect([before.heard, now.heard]).toEqual([[], [join('two')]])
})

test('a window that has gone is noticed, and one that is there is not taken for it', async () => {
  const windows = new BrowserWindows(randomUUID())
  const two = await enter(new BrowserWindows(randomUUID()), 'elsewhere')
  const one = await enter(windows, 'one')
  const seen: string[] = []
  const gone = windows.gone('one', new AbortController().signal).then(() => seen.push('gone'))
  await windows.gone('nobody', new AbortController().signal)
  expect(seen).toEqual([])
  one.leave()
  await gone
  expect(seen).toEqual(['gone'])
  two.leave()
})

test('a page knows whether another one leads', async () => {
  const name = randomUUID()
  const sharing = windowsLink(name)
  expect(await sharing?.isThere()).toBe(false)
  const windows = new BrowserWindows(`${name}.link.1`)
  await windows.lead(async () => {
    expect(await sharing?.isThere()).toBe(true)
  }, new AbortController().signal)
})
