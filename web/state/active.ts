import { client } from './client.ts'

/** Tells the server whether somebody looks at the page: while nobody does, what comes is pushed. */
export function tellActive(): void {
  const tell = (): void =>
    client.setActive(document.visibilityState === 'visible' && document.hasFocus())
  document.addEventListener('visibilitychange', tell)
  addEventListener('focus', tell)
  addEventListener('blur', tell)
  tell()
}
