interface Running<T> {
  current: Promise<T>
  next: Promise<T> | null
}

/**
 * Does something for a key, never twice at once: whoever asks while it runs shares one more run after it,
 * which sees everything that was there when they asked. For copies that are read anew from their home.
 */
export class OneAtATime<T> {
  private readonly running = new Map<string, Running<T>>()

  constructor(private readonly work: (key: string) => Promise<T>) {}

  run(key: string): Promise<T> {
    const entry = this.running.get(key)
    if (!entry) return this.start(key)
    const again = (): Promise<T> => this.start(key)
    entry.next ??= entry.current.then(again, again)
    return entry.next
  }

  private async forgetAfter(key: string, entry: Running<T>): Promise<void> {
    try {
      await entry.current
    } catch {
      // Whoever asked is told.
    }
    if (entry.next === null) this.running.delete(key)
  }

  private start(key: string): Promise<T> {
    const entry: Running<T> = { current: this.work(key), next: null }
    this.running.set(key, entry)
    void this.forgetAfter(key, entry)
    return entry.current
  }
}
