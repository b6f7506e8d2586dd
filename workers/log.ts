/**
 * Reports an unexpected error. Failed queries carry their parameters in the message, which may be a
 * password's hash or somebody's text: those are cut off.
 */
export function logError(what: string, error: unknown): void {
  console.error(what, describe(error))
}

/** The same without the message, for errors that may name an address or a key. */
export function logFault(what: string, error: unknown): void {
  console.error(what, error instanceof Error ? `${error.name}${framesOf(error)}` : typeof error)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const [message = ''] = error.message.split('\nparams:')
  const cause = error.cause === undefined ? '' : ` <- ${describe(error.cause)}`
  return `${error.name}: ${message}${cause}${framesOf(error)}`
}

function framesOf(error: Error): string {
  const lines = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return lines.map((line) => `\n${line}`).join('')
}
