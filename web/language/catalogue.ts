import { signal } from '@preact/signals'

/**
 * Words that can be exchanged for those of another language while the page runs. A component that
 * reads one follows, and stays what it is: nothing typed and no focus is lost by it.
 */
export function catalogue<Words extends object>(first: Words) {
  const current = signal(first)
  const words = new Proxy(first, {
    get: (_, section) => Reflect.get(current.value, section),
  })
  return { words, setWords: (next: Words) => (current.value = next) }
}
