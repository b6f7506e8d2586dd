import type { ErrorCode } from '../protocol/errors.ts'

/**
 * The contract's codes and two of the client's own: `network` means that no answer came,
 * `protocol` that one came which this version does not understand.
 */
export type ParleyErrorCode = ErrorCode | 'network' | 'protocol'

export interface ParleyErrorFields {
  code: ParleyErrorCode
  /** HTTP status, or 0 for what did not come over HTTP. */
  status?: number
  detail: string
  /** Seconds after which another attempt makes sense, if the server said so. */
  retryAfter?: number | null
  /** The account service's own code, for example `INVALID_EMAIL_OR_PASSWORD`. */
  reason?: string | null
}

/** What every refused or failed call of the SDK rejects with. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  readonly code: ParleyErrorCode
  readonly status: number
  readonly detail: string
  readonly retryAfter: number | null
  readonly reason: string | null

  constructor(fields: ParleyErrorFields, cause?: unknown) {
    super(`${fields.code}: ${fields.detail}`, { cause })
    this.code = fields.code
    this.status = fields.status ?? 0
    this.detail = fields.detail
    this.retryAfter = fields.retryAfter ?? null
    this.reason = fields.reason ?? null
  }

  /** The same request may well succeed a little later. */
  get passing(): boolean {
    return this.code === 'network' || this.code === 'rate_limited' || this.code === 'unavailable'
  }
}

/** Makes sure that what was caught is a ParleyError; anything else is a bug and thrown on. */
export function asParleyError(caught: unknown): ParleyError {
  if (caught instanceof ParleyError) return caught
  throw caught
}
