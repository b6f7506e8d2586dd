import { pushPayloadSchema, type PushPayload } from '../../protocol/push.ts'
import { plainText } from '../markup/plain-text.ts'
import { aboutSchema, type About } from './about.ts'
import type { Marks } from './marks.ts'
import { wordsIn } from './words.ts'

/** Of the service worker what showing needs. */
export interface Screen {
  show(title: string, options: NotificationOptions): Promise<void>
  /** Those that are shown under a tag. */
  shown(tag: string): Promise<Notification[]>
  setBadge(count: number): Promise<void>
  /** Whether somebody looks at the page right now. */
  isLookedAt(): Promise<boolean>
}

/** The action of a notification that marks its channel as read without opening it. */
export const READ_ACTION = 'read'

export interface NotificationOptions {
  body: string
  tag: string
  icon: string
  data: About
  renotify?: boolean
  silent?: boolean
  timestamp?: number
  actions?: { action: string; title: string }[]
}

/**
 * Does what a push says: shows a message or takes a notification back, each once however often it comes,
 * and never what is not for the person whose browser this is.
 */
export function receive(json: string, marks: Marks, screen: Screen): Promise<void> {
  // One after the other: what takes back may come while what it takes back is about to be shown.
  const done = last.then(() => receiveNext(json, marks, screen))
  last = done.catch(() => undefined)
  return done
}

let last: Promise<void> = Promise.resolve()

async function receiveNext(json: string, marks: Marks, screen: Screen): Promise<void> {
  const payload = parse(json)
  if (payload === null || (await marks.owner()) !== payload.userId) return
  const { channelId, messageId } = payload
  const replaces = payload.kind === 'show' ? payload.replaces : null
  const isNews = await marks.raise(channelId, Math.max(messageId, replaces ?? 0))
  if (payload.kind === 'clear') {
    for (const notification of await upTo(screen, channelId, messageId)) notification.close()
  } else {
    // What was never shown here is news; what was, is put right where it is still shown.
    const isCorrection = !isNews && replaces !== null
    const isShown = isCorrection && (await upTo(screen, channelId, replaces)).length > 0
    if (!isNews && !isShown) return
    if (isShown || !(await screen.isLookedAt())) {
      const words = wordsIn(await marks.languages())
      await screen.show(payload.title, optionsOf(payload, words, isShown))
    }
  }
  await screen.setBadge(payload.unread)
}

/** Those of a channel's notifications that tell of nothing beyond `messageId`. */
async function upTo(
  screen: Screen,
  channelId: string,
  messageId: number,
): Promise<readonly Notification[]> {
  return (await screen.shown(channelId)).filter(({ data }) => {
    const about = aboutSchema.safeParse(data)
    return about.success && about.data.messageId <= messageId
  })
}

function optionsOf(
  payload: Extract<PushPayload, { kind: 'show' }>,
  words: ReturnType<typeof wordsIn>,
  silent: boolean,
): NotificationOptions {
  const { channelId, messageId, body, count, createdAt } = payload
  const lines = body === null ? [] : [plainText(body)]
  if (body === null || count > 1) lines.push(words.newMessages(count))
  return {
    body: lines.join('\n'),
    tag: channelId,
    // It takes the place of an older one, and is to be noticed all the same.
    ...(silent ? { silent } : { renotify: true }),
    icon: '/icon-192.png',
    timestamp: createdAt,
    data: { channelId, messageId },
    actions: [{ action: READ_ACTION, title: words.markRead }],
  }
}

function parse(json: string): PushPayload | null {
  try {
    return pushPayloadSchema.safeParse(JSON.parse(json)).data ?? null
  } catch {
    // Not JSON: from a later version, or from nobody we know.
    return null
  }
}
