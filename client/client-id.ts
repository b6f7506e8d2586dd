/** A new `clientId`. React Native and pages on plain HTTP have no `randomUUID`. */
export function newClientId(): string {
  const { crypto } = globalThis
  if (typeof crypto?.randomUUID === 'function') return crypto.randomUUID()
  return `${Date.now().toString(36)}-${randomPart()}${randomPart()}`
}

function randomPart(): string {
  return Math.random().toString(36).slice(2, 12)
}
