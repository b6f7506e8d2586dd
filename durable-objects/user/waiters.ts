/** Tabs of one browser are one device, and each may wait. */
const MAX_WAITS_PER_DEVICE = 4

interface Wait {
  waitId: string
  deviceId: string
  end(gaveWay: boolean): void
}

/**
 * Devices that wait for news by long polling. A wait ends with its caller, where the network tells that it has
 * gone, and by its timeout at the latest. So a device that keeps coming back holds no more than a
 * few: its oldest wait gives way to the newest, and is told so, for if somebody is still there, asking
 * again at once would only drive out the next.
 */
export class Waiters {
  private readonly waits = new Set<Wait>()

  /**
   * Resolves when there is news or after `timeoutMs`; with false, sooner, if it gave way to a later wait or was
   * stopped, and so nobody listens.
   */
  wait(deviceId: string, timeoutMs: number, waitId: string): Promise<boolean> {
    const others = [...this.waits].filter((wait) => wait.deviceId === deviceId)
    if (others.length >= MAX_WAITS_PER_DEVICE) others[0]?.end(true)
    return new Promise((resolve) => {
      const wait = {
        waitId,
        deviceId,
        end: (gaveWay: boolean) => {
          clearTimeout(timer)
          this.waits.delete(wait)
          resolve(!gaveWay)
        },
      }
      const timer = setTimeout(() => wait.end(false), timeoutMs)
      this.waits.add(wait)
    })
  }

  /** Ends a wait whose caller has gone, if it is still there. */
  stop(waitId: string): void {
    for (const wait of this.waits) if (wait.waitId === waitId) wait.end(true)
  }

  wakeAll(): void {
    for (const wait of this.waits) wait.end(false)
  }
}
