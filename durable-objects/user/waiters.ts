/** Tabs of one browser are one device, and each may wait. */
const MAX_WAITS_PER_DEVICE = 4

interface Wait {
  deviceId: string
  wake(): void
}

/**
 * Devices that wait for news by long polling. The runtime does not tell an object that a caller has gone,
 * so a wait ends by its timeout at the latest, and a device that keeps coming back holds no more than a
 * few: its oldest wait gives way to the newest.
 */
export class Waiters {
  private readonly waits = new Set<Wait>()

  /** Resolves when there is news, after `timeoutMs`, or to give way to later waits of the device. */
  wait(deviceId: string, timeoutMs: number): Promise<void> {
    const others = [...this.waits].filter((wait) => wait.deviceId === deviceId)
    if (others.length >= MAX_WAITS_PER_DEVICE) others[0]?.wake()
    return new Promise((resolve) => {
      const wait = {
        deviceId,
        wake: () => {
          clearTimeout(timer)
          this.waits.delete(wait)
          resolve()
        },
      }
      const timer = setTimeout(wait.wake, timeoutMs)
      this.waits.add(wait)
    })
  }

  wakeAll(): void {
    for (const wait of this.waits) wait.wake()
  }
}
