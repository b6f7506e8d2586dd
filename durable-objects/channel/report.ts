/** Notes an error that nobody is to be answered with. */
export function report(error: unknown): void {
  console.error('channel object', error instanceof Error ? error.message : String(error))
}
