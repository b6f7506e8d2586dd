/**
 * A new `clientId`: a UUID of version 7 (RFC 9562), which begins with the time. So ids that are made one after the
 * other stand side by side in the server's index, and a commit of many messages writes few pages.
 */
export function newClientId(): string {
  const { crypto } = globalThis
  const time = Date.now().toString(16).padStart(12, '0')
  // React Native and pages on plain HTTP have none.
  if (typeof crypto?.randomUUID !== 'function') return `${time}-${randomPart()}${randomPart()}`
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}

function randomPart(): string {
  return Math.random().toString(36).slice(2, 12)
}
