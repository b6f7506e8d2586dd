import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PushPayload } from '../../protocol/push.ts'
import { Marks } from '../../web/service-worker/marks.ts'
import { open, type PageWindow } from '../../web/service-worker/open.ts'
import { receive, type NotificationOptions, type Screen } from '../../web/service-worker/receive.ts'

const marks = new Marks()
let screen: FakeScreen

beforeEach(async () => {
  await marks.forget()
  await marks.setOwner('ann')
  screen = new FakeScreen()
})

/** The notifications of a system: one a tag, as a real one has it. */
class FakeScreen implements Screen {
  readonly byTag = new Map<string, { title: string } & NotificationOptions>()
  shows = 0
  badge = -1
  lookedAt = false

  async show(title: string, options: NotificationOptions): Promise<void> {
    this.shows++
    this.byTag.set(options.tag, { title, ...options })
  }

  async shown(tag: string): Promise<Notification[]> {
    const found = this.byTag.get(tag)
    const close = (): void => void this.byTag.delete(tag)
    return found ? [{ ...found, close } as unknown as Notification] : []
  }

  async setBadge(count: number): Promise<void> {
    this.badge = count
  }

  async isLookedAt(): Promise<boolean> {
    return this.lookedAt
  }

  get bodies(): string[] {
    return [...this.byTag.values()].map(({ body }) => body)
  }
}

const COMMON = { userId: 'ann', channelId: 'c1', messageId: 7, unread: 3, createdAt: 1 }

function show(fields: Partial<Extract<PushPayload, { kind: 'show' }>> = {}): Promise<void> {
  const payload = { kind: 'show', ...COMMON, title: 'Ben', body: 'Hello', count: 1, ...fields }
  return receive(JSON.stringify(payload), marks, screen)
}

function clear(fields: Partial<Extract<PushPayload, { kind: 'clear' }>> = {}): Promise<void> {
  return receive(JSON.stringify({ kind: 'clear', ...COMMON, unread: 0, ...fields }), marks, screen)
}

describe('a push in the service worker', () => {
  it('shows sender and text, with the message that it is about and a way to mark it as read', async () => {
    await show()
    expect(screen.byTag.get('c1')).toMatchObject({
      title: 'Ben',
      body: 'Hello',
      data: { channelId: 'c1', messageId: 7 },
      actions: [{ action: 'read' }],
    })
    expect(screen.badge).toBe(3)
  })

  it('says how many it stands for, and that alone without a preview', async () => {
    await show({ count: 4 })
    await show({ channelId: 'c2', count: 4, body: null })
    await show({ channelId: 'c3', body: null })
    expect(screen.bodies).toEqual(['Hello\n4 new messages', '4 new messages', 'New message'])
  })

  it('comes twice and is shown once; a later one takes its place, an earlier one does not', async () => {
    await Promise.all([show(), show()])
    await show({ messageId: 9, body: 'Later' })
    await show({ messageId: 8, body: 'Earlier' })
    expect(screen.shows).toBe(2)
    expect(screen.bodies).toEqual(['Later'])
  })

  it('takes back what it was about, and sets the badge', async () => {
    await show()
    await show({ channelId: 'c2' })
    await clear({ unread: 1 })
    expect([...screen.byTag.keys()]).toEqual(['c2'])
    expect(screen.badge).toBe(1)
  })

  it('does not come up again after it was taken back, not even in another start of the worker', async () => {
    await clear({ messageId: 8 })
    await show({ messageId: 8 })
    await receive(
      JSON.stringify({ kind: 'show', ...COMMON, title: 'Ben', body: 'Hello', count: 1 }),
      new Marks(),
      screen,
    )
    expect(screen.shows).toBe(0)
    await show({ messageId: 9 })
    expect(screen.shows).toBe(1)
  })

  it('is not left on the screen where what takes it back comes at the same moment', async () => {
    screen.isLookedAt = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return false
    }
    await Promise.all([show(), clear()])
    expect(screen.byTag.size).toBe(0)
    await Promise.all([clear({ messageId: 9 }), show({ messageId: 9 })])
    expect(screen.byTag.size).toBe(0)
  })

  it('is put right in silence, and stays with its message', async () => {
    await show({ messageId: 9, body: 'Oops', count: 2 })
    await show({ messageId: 7, replaces: 9, body: 'First', count: 1 })
    expect(screen.byTag.get('c1')).toMatchObject({
      body: 'First',
      silent: true,
      data: { channelId: 'c1', messageId: 7 },
    })
    expect(screen.byTag.get('c1')?.renotify).toBeUndefined()
    await show({ messageId: 9, body: 'Oops' })
    expect(screen.bodies).toEqual(['First'])
    await show({ messageId: 10, body: 'Next' })
    await show({ messageId: 7, replaces: 9, body: 'First' })
    expect(screen.bodies).toEqual(['Next'])
  })

  it('is news where what it puts right never came, and nothing where that was closed', async () => {
    await show({ messageId: 7, replaces: 9, body: 'First' })
    expect(screen.byTag.get('c1')).toMatchObject({ body: 'First', renotify: true })
    screen.byTag.clear()
    await show({ messageId: 7, replaces: 9, body: 'First' })
    expect(screen.byTag.size).toBe(0)
  })

  it('leaves a newer notification when an older message is taken back', async () => {
    await show({ messageId: 9 })
    await clear({ messageId: 8 })
    expect(screen.byTag.size).toBe(1)
  })

  it('is not for the next person at this browser, nor for nobody', async () => {
    await show({ userId: 'ben' })
    await marks.forget()
    await show()
    expect(screen.shows).toBe(0)
    expect(screen.badge).toBe(-1)
    await marks.setOwner('ben')
    await show({ userId: 'ben' })
    expect(screen.shows).toBe(1)
  })

  it('shows nothing to somebody who looks at the page', async () => {
    screen.lookedAt = true
    await show()
    expect(screen.shows).toBe(0)
    expect(screen.badge).toBe(3)
  })

  it.each(['', 'hello', '{}', '{"kind":"other"}'])('ignores %j', async (json) => {
    await receive(json, marks, screen)
    expect(screen.shows).toBe(0)
  })
})

describe('a click on a notification', () => {
  const about = { channelId: 'c1', messageId: 7 }

  function window(visibilityState: DocumentVisibilityState) {
    const postMessage = vi.fn<PageWindow['postMessage']>()
    const focus = vi.fn<PageWindow['focus']>(async () => undefined)
    return { focused: false, visibilityState, postMessage, focus }
  }

  function windowsOf(...all: PageWindow[]) {
    return { all: async () => all, open: vi.fn<(path: string) => Promise<null>>() }
  }

  it('opens a window at the message if there is none', async () => {
    const windows = windowsOf()
    await open(windows, about)
    expect(windows.open).toHaveBeenCalledExactlyOnceWith('/c/c1/m/7')
  })

  it('goes on in the window that is in sight, and brings it to the front', async () => {
    const [hidden, visible] = [window('hidden'), window('visible')]
    const windows = windowsOf(hidden, visible)
    await open(windows, about)
    expect(visible.postMessage).toHaveBeenCalledWith({ t: 'open', ...about })
    expect(visible.focus).toHaveBeenCalledOnce()
    expect(hidden.postMessage).not.toHaveBeenCalled()
    expect(windows.open).not.toHaveBeenCalled()
  })

  it('goes on there also where the system gives no focus', async () => {
    const only = window('hidden')
    only.focus.mockRejectedValue(new Error('not allowed'))
    await open(windowsOf(only), about)
    expect(only.postMessage).toHaveBeenCalledOnce()
  })
})
