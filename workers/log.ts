/**
 * Reports an unexpected error. Failed queries carry their parameters in the message, which may be a
 * password's hash or somebody's text: those are cut off.
 */
export function logError(what: string, error: unknown): void {
  console.error(what, describe(error))
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const [message = ''] = error.message.split('\nparams:')
  const cause = error.cause === undefined ? '' : ` <- ${describe(error.cause)}`
  const stack =
    error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n') ?? ''
  return `${error.name}: ${message}${cause}${stack === '' ? '' : `\n${stack}`}`
}
