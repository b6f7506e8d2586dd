/** Why the server closes a socket on purpose. After any that is not `isFinalClose` a client comes back. */
export const CLOSE = {
  restarting: 1012,
  frameTooLarge: 1009,
  badFrames: 4400,
  noHeartbeat: 4408,
  tooManySockets: 4409,
  tooManyFrames: 4429,
  unauthenticated: 4401,
  notInChannel: 4403,
  protocolTooOld: 4426,
} as const

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE]

/** Coming back after one of these would only be refused again. */
export function isFinalClose(code: number): boolean {
  return (
    code === CLOSE.unauthenticated || code === CLOSE.notInChannel || code === CLOSE.protocolTooOld
  )
}
