import { withTimeout } from './timeout.ts'

/** Something that an object is to do at a time of its own. */
export interface Purpose {
  /** When it is due, in Unix milliseconds, read from what is stored; null for never. Free to be asked often. */
  nextAt(): number | null
  /** Does what is due. May be called with nothing due, late, or twice. */
  run(): void | Promise<void>
}

/** Never at once: an alarm that is due while one runs would be lost. */
const AT_LEAST_MS = 500
/** How long an alarm waits for what it started: it goes on afterwards, and the next alarm looks after it. */
const WAITS_MS = 5_000

export interface AlarmsDeps {
  storage: { setAlarm(at: number): Promise<void> }
  now(): number
  report(error: unknown): void
}

/**
 * The one alarm of an object, shared by all that it has to do by the clock. Nobody stores when the alarm
 * rings: each purpose says from its own tables when it is due, so an object that slept, or died while
 * ringing, arms the same alarm again.
 */
export class Alarms {
  private ringsAt: number | null = null
  private ringing = false

  constructor(
    private readonly purposes: readonly Purpose[],
    private readonly deps: AlarmsDeps,
  ) {}

  /** To be called when something may be due earlier than before: sets the alarm unless it rings by then. */
  rearm(): void {
    // What is due is just being done, and the runtime repeats an alarm that does not live to its end.
    if (this.ringing) return
    const times = this.purposes.map((purpose) => purpose.nextAt() ?? Number.POSITIVE_INFINITY)
    const due = Math.min(...times)
    if (due === Number.POSITIVE_INFINITY) return
    const at = Math.max(due, this.deps.now() + AT_LEAST_MS)
    if (this.ringsAt !== null && this.ringsAt <= at) return
    this.ringsAt = at
    void this.deps.storage.setAlarm(at)
  }

  /** For the object's `alarm`. Never fails: what does keeps no other purpose from its turn. */
  async ring(): Promise<void> {
    this.ringsAt = null
    this.ringing = true
    try {
      await Promise.all(this.purposes.map((purpose) => this.run(purpose)))
    } finally {
      this.ringing = false
      this.rearm()
    }
  }

  private async run(purpose: Purpose): Promise<void> {
    try {
      await withTimeout(Promise.resolve(purpose.run()), WAITS_MS)
    } catch (error) {
      this.deps.report(error)
    }
  }
}
