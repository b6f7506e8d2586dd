import { fail, ok, type Result } from '../../protocol/errors.ts'
import { droppedSends } from './archive/dropped-sends.ts'
import { readMessage } from './archive/recall.ts'
import { NOT_FOUND, type ChannelHost } from './channel-host.ts'
import { report } from './report.ts'
import { send, type SendItem, type Sent } from './send.ts'
import { SharedCommit, type PendingSend } from './shared-commit.ts'

/** Takes sends, from wherever they come: has them share commits, decides, stores, passes on, answers. */
export class Sending {
  private readonly commit: SharedCommit

  constructor(
    storage: DurableObjectStorage,
    private readonly channel: ChannelHost,
  ) {
    this.commit = new SharedCommit({
      decide: (sends) => this.decide(sends),
      synced: () => storage.sync(),
      nextTurn: () => scheduler.wait(0),
    })
  }

  /** Stores a message, or finds what was stored when the same `clientId` came before. */
  send(userId: string, item: SendItem): Promise<Result<Sent>> {
    return this.commit.send(userId, item)
  }

  /** Decides what waits, now. */
  flush(): void {
    this.commit.flush()
  }

  /**
   * Decides sends that share a commit. What may have been sent before and been dropped since is looked
   * up in the archive first; the others do not wait for that.
   */
  private decide(sends: PendingSend[]): void {
    const state = this.channel.loaded?.state
    if (!state?.archive.hasDropped) return this.store(sends)
    const fresh: PendingSend[] = []
    for (const pending of sends) {
      const candidates = droppedSends(state, pending.userId, pending.item.clientId)
      if (candidates.length === 0) fresh.push(pending)
      else void this.answerFromArchive(pending, candidates)
    }
    this.store(fresh)
  }

  /** Answers with the message that was stored under this `clientId`; stores it if none of them was. */
  private async answerFromArchive(pending: PendingSend, candidates: number[]): Promise<void> {
    const { userId, item } = pending
    try {
      for (const messageId of candidates) {
        const message = await readMessage(this.channel, userId, messageId)
        if (!message.ok) {
          // The archive lacks a message that was sent: better no answer than a second copy.
          const isMember = this.channel.member(userId) !== undefined
          if (isMember) report(new Error(`the archive lacks message ${messageId}`))
          return pending.answer(isMember ? fail('unavailable', 'Try again later', 60) : NOT_FOUND)
        }
        if (message.value.userId === userId) {
          const sent = { message: message.value, created: false }
          if (message.value.clientId === item.clientId) return pending.answer(ok(sent))
        }
      }
      this.store([pending])
    } catch (error) {
      pending.fail(error)
    }
  }

  /** Decides and writes. An exception is nobody's message stored: all are told. */
  private store(sends: PendingSend[]): void {
    if (sends.length === 0) return
    const before = this.channel.loaded?.state.newestVersion ?? 0
    let results: Result<Sent>[]
    try {
      results = this.channel.write((state, now) =>
        sends.map(({ userId, item }) => (state ? send(state, userId, item, now) : NOT_FOUND)),
      )
    } catch (error) {
      for (const pending of sends) pending.fail(error)
      return
    }
    // Stored is stored: whatever happens on the way to others, the senders are answered.
    try {
      this.channel.publish(before)
    } catch (error) {
      report(error)
    }
    sends.forEach((pending, index) => pending.answer(results[index] ?? NOT_FOUND))
  }
}
