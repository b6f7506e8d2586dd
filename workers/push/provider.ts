import type { PushAddress, PushJob } from '../../protocol/push.ts'

/** What became of a push that was handed to a push service. */
export type Outcome =
  /** The service has it. */
  | { kind: 'sent' }
  /** There is no such address any more, and there never will be. */
  | { kind: 'gone' }
  /** Not now. `after`: seconds that the service asks to wait; `silent`: it did not answer at all. */
  | { kind: 'retry'; after: number | null; silent: boolean }
  /** It will never take this one; `status` is its answer, null if it was not even asked. */
  | { kind: 'refused'; status: number | null }
  /** Not for this kind of device. */
  | { kind: 'skipped' }

/** A way to reach devices. One more is one more kind of `PushAddress`, and a file like web-push.ts. */
export interface PushProvider<Address extends PushAddress> {
  /** The service behind an address: if it does not answer one push, others need not be tried. */
  serviceOf(address: Address): string
  /**
   * Hands over one job, which the service is to keep for `ttlSeconds` at most. Never rejects for what a
   * service does. Sent twice, it shows one notification.
   */
  send(address: Address, job: PushJob, ttlSeconds: number): Promise<Outcome>
}

/** Every kind of address with its provider; null where the operator has set none up. */
export type PushProviders = {
  [Kind in PushAddress['kind']]: PushProvider<Extract<PushAddress, { kind: Kind }>> | null
}
