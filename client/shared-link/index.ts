/** What comes once there may be others to share a link with. */
export { SharedLink } from './shared-link.ts'
export { BrowserWindows } from './windows.ts'
