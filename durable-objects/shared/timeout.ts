/** The promise's outcome, or a rejection if there is none within `ms`. What comes later is dropped. */
export async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
    })
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
