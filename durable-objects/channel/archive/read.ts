import { fail, ok, type Result } from '../../../protocol/errors.ts'
import type { Message } from '../../../protocol/objects.ts'
import type { ArchivePage, ArchiveShard } from '../../../workers/db/archive.ts'
import { backoff } from '../../shared/backoff.ts'
import { withTimeout } from '../../shared/timeout.ts'
import { totalBytes, toMessage } from '../messages.ts'
import type { ArchiveLedger, ShardPart } from './ledger.ts'

const TRIES = 3
const RETRY_BASE_MS = 100
const RETRY_MAX_MS = 1_000
const READ_TIMEOUT_MS = 5_000
const RETRY_AFTER_SECONDS = 5

const UNAVAILABLE = fail(
  'unavailable',
  'Older messages cannot be read right now',
  RETRY_AFTER_SECONDS,
)

/** Reads of what lives only in the archive. D1 fails now and then, so each is tried three times. */
export class ArchiveReader {
  constructor(
    private readonly channelId: string,
    private readonly shards: ReadonlyMap<number, ArchiveShard>,
    private readonly report: (error: unknown) => void,
  ) {}

  /**
   * Messages strictly between two ids, from one end on, out of as many shards as hold them. The row that
   * reaches `maxBytes` is the last. A replica is asked that has at least what was dropped here; the
   * primary database with `first-primary`.
   */
  async page(
    ledger: ArchiveLedger,
    page: ArchivePage,
    from?: 'first-primary',
  ): Promise<Result<Message[]>> {
    const parts = ledger.parts(page.after, page.before)
    const messages: Message[] = []
    let bytes = 0
    for (const part of page.newestFirst ? parts.toReversed() : parts) {
      if (messages.length >= page.limit || bytes >= page.maxBytes) break
      const rest = { limit: page.limit - messages.length, maxBytes: page.maxBytes - bytes }
      const bookmark = from ?? part.bookmark
      const rows = await this.read({ ...part, bookmark }, { ...page, ...rest })
      if (!rows.ok) return rows
      bytes += totalBytes(rows.value)
      messages.push(...rows.value)
    }
    return ok(messages)
  }

  /** One message, or null if there is none with this id. */
  async find(ledger: ArchiveLedger, messageId: number): Promise<Result<Message | null>> {
    const found = await this.page(ledger, {
      after: messageId - 1,
      before: messageId + 1,
      newestFirst: false,
      limit: 1,
      maxBytes: 1,
    })
    return found.ok ? ok(found.value[0] ?? null) : found
  }

  private async read(part: ShardPart, page: ArchivePage): Promise<Result<Message[]>> {
    const shard = this.shards.get(part.shard)
    if (!shard) {
      this.report(new Error(`there is no archive shard ${part.shard}`))
      return UNAVAILABLE
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const query = { ...page, after: part.after, before: part.before }
        const rows = await withTimeout(
          shard.page(this.channelId, query, part.bookmark),
          READ_TIMEOUT_MS,
        )
        return ok(rows.map((row) => toMessage(this.channelId, row)))
      } catch (error) {
        this.report(error)
        if (attempt === TRIES) return UNAVAILABLE
        const wait = backoff(attempt, RETRY_BASE_MS, RETRY_MAX_MS)
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }
}
