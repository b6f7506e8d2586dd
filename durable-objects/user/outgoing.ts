import { fail, type Result } from '../../protocol/errors.ts'
import { MAX_BYTES_PER_FRAME } from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { SendItem, Sent } from '../channel/send.ts'
import { withTimeout } from '../shared/timeout.ts'

/** Messages that go to the channel in one call. */
const MAX_ITEMS_PER_CALL = 64

/** What waits for channels that do not answer; beyond it a device is told to come back. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024
const CALL_TIMEOUT_MS = 20_000

const NO_ANSWER = fail('unavailable', 'The channel did not answer, send again', 1)

interface Pending {
  item: SendItem
  answer(result: Result<Sent>): void
}

/**
 * What a person's devices send over the user socket, per channel in order: one call in flight, what
 * comes meanwhile goes with the next. So two messages of one device never overtake each other, and a
 * burst shares a commit in the channel. If a call fails, what waits behind it is refused with it.
 */
export class Outgoing {
  private readonly queues = new Map<string, Pending[]>()
  private queuedBytes = 0

  /** `call` sends to a channel; it answers one result for each item. */
  constructor(
    private readonly call: (channelId: string, items: SendItem[]) => Promise<Result<Sent>[]>,
    private readonly report: (error: unknown) => void,
  ) {}

  send(channelId: string, item: SendItem): Promise<Result<Sent>> {
    const bytes = utf8Length(item.text)
    if (this.queuedBytes + bytes > MAX_QUEUED_BYTES) return Promise.resolve(NO_ANSWER)
    this.queuedBytes += bytes
    return new Promise((resolve) => {
      const answer = (result: Result<Sent>): void => {
        this.queuedBytes -= bytes
        resolve(result)
      }
      const queue = this.queues.get(channelId)
      if (queue) {
        queue.push({ item, answer })
        return
      }
      const first = [{ item, answer }]
      this.queues.set(channelId, first)
      void this.drain(channelId, first)
    })
  }

  private async drain(channelId: string, queue: Pending[]): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch(queue)
      const items = batch.map(({ item }) => item)
      try {
        const results = await withTimeout(this.call(channelId, items), CALL_TIMEOUT_MS)
        batch.forEach(({ answer }, index) => answer(results[index] ?? NO_ANSWER))
      } catch (error) {
        // Whether it was stored is not known: the device sends again under the same clientId.
        this.report(error)
        for (const { answer } of [...batch, ...queue.splice(0)]) answer(NO_ANSWER)
      }
    }
    this.queues.delete(channelId)
  }
}

function takeBatch(queue: Pending[]): Pending[] {
  let bytes = 0
  let count = 0
  for (const { item } of queue) {
    bytes += utf8Length(item.text)
    if (count > 0 && (count >= MAX_ITEMS_PER_CALL || bytes > MAX_BYTES_PER_FRAME)) break
    count++
  }
  return queue.splice(0, count)
}
