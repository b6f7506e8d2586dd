type Listeners<Events> = { [Name in keyof Events]?: Set<(event: Events[Name]) => void> }

/** Events by name, each with its own type. Listeners run in the order they were added. */
export class Emitter<Events> {
  readonly #listeners: Listeners<Events> = {}

  /** Calls `listener` for each `name` event until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const set = (this.#listeners[name] ??= new Set())
    set.add(listener)
    return () => set.delete(listener)
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    // Array.from and not the set itself: a listener may remove itself or add another.
    for (const listener of Array.from(this.#listeners[name] ?? [])) listener(event)
  }
}
