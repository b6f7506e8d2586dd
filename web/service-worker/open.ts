import { messagePath } from '../paths.ts'
import type { About, OpenMessage } from './about.ts'

/** A window of the page, as the service worker sees it. */
export interface PageWindow {
  focused: boolean
  visibilityState: DocumentVisibilityState
  postMessage(message: OpenMessage): void
  focus(): Promise<unknown>
}

export interface PageWindows {
  all(): Promise<readonly PageWindow[]>
  open(path: string): Promise<unknown>
}

/** Shows a message in the window that was looked at last, or in a new one. */
export async function open(windows: PageWindows, about: About): Promise<void> {
  const all = await windows.all()
  const visible = all.find(({ visibilityState }) => visibilityState === 'visible')
  const window = all.find(({ focused }) => focused) ?? visible ?? all[0]
  if (window === undefined) {
    await windows.open(messagePath(about.channelId, about.messageId))
    return
  }
  // Messages to a window of the worker's own stay within the origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  window.postMessage({ t: 'open', ...about })
  try {
    await window.focus()
  } catch {
    // Only while the click counts; the message is open, in a window that stays where it is.
  }
}
