import { createECDH, randomBytes } from 'node:crypto'

/** What a machine of a developer needs to have set; secrets are drawn, once. */
const NEEDED: Record<string, () => string> = {
  ENVIRONMENT: () => 'development',
  BETTER_AUTH_SECRET: freshSecret,
  CHANNEL_KEY: freshSecret,
  MAIL_API_KEY: () => '',
  VAPID_PRIVATE_KEY: freshVapidKey,
}

/** 256 random bits as text. */
export function freshSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A private key of P-256, by which push services know us (RFC 8292); the Worker derives the public one. */
export function freshVapidKey(): string {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return Buffer.from(ecdh.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url')
}

/**
 * The text of `.dev.vars` with every needed name in it; `null` if `text` has them all. What is set
 * already stays: another CHANNEL_KEY would lose the local channels.
 */
export function completeDevVars(text: string | null): string | null {
  const present = new Set(
    (text ?? '').split('\n').map((line) => /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1]),
  )
  const missing = Object.entries(NEEDED).filter(([name]) => !present.has(name))
  if (missing.length === 0) return null
  const before = text === null ? HEADER : text === '' || text.endsWith('\n') ? text : `${text}\n`
  return before + missing.map(([name, value]) => `${name}=${value()}\n`).join('')
}

const HEADER = '# Made by `npm run dev`, for this machine only. Never committed.\n'
