/** An inclusive stretch of message ids of which every existing message is held. */
export interface Range {
  from: number
  to: number
}

/**
 * Which stretches of a channel's log are known without a hole. Ids have gaps of their own, so whether
 * two messages are neighbours cannot be told from their ids; it is remembered here from how they came.
 */
export class Ranges {
  #ranges: Range[] = []

  /** Adds a stretch and joins it with those it touches. */
  add(from: number, to: number): void {
    const joined = { from, to }
    const apart = this.#ranges.filter((range) => {
      if (range.to < joined.from - 1 || range.from > joined.to + 1) return true
      joined.from = Math.min(joined.from, range.from)
      joined.to = Math.max(joined.to, range.to)
      return false
    })
    this.#ranges = [...apart, joined].sort((a, b) => a.from - b.from)
  }

  /** The stretch that `id` lies in, if any. */
  at(id: number): Range | null {
    return this.#ranges.find(({ from, to }) => from <= id && id <= to) ?? null
  }

  /** Shortens the stretch that `id` lies in to end at `to`, or drops it if nothing of it is left. */
  endAt(id: number, to: number): void {
    this.#ranges = this.#ranges.flatMap((range) => {
      if (id < range.from || range.to < id) return [range]
      return to < range.from ? [] : [{ from: range.from, to }]
    })
  }

  clear(): void {
    this.#ranges = []
  }
}
