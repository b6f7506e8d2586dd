import * as z from 'zod'
import { endpointSchema } from './discovery.ts'
import type { PushHosts } from './push/endpoints.ts'
import { serviceAccountSchema } from './push/google-token.ts'
import { vapidPublicKey } from './push/vapid.ts'

/** What an operator sets: secrets and settings, which arrive as texts. */

const originsSchema = z
  .string()
  .transform((text) => text.split(/\s+/).filter((origin) => origin !== ''))
  .pipe(
    z.array(
      z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
        message: 'write origins like https://chat.example.com, separated by blanks',
      }),
    ),
  )

const endpointsSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text === '' ? '[]' : text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' })
      return z.NEVER
    }
  })
  .pipe(z.array(endpointSchema))

const secretSchema = z.string().min(32, 'at least 32 characters, from `npm run keys`')

const shardsSchema = z
  .string()
  .regex(/^\s*\d+(\s+\d+)*\s*$/, 'numbers of archive shards, separated by blanks: 0 1')

const bytesSchema = z
  .string()
  .refine((text) => Number(text) > 0 && Number.isFinite(Number(text)), 'a number of bytes')

/** Without an origin, which only development lacks. */
const DEVELOPMENT_SUBJECT = 'mailto:development@example.com'

const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/

const pushHostsSchema = z.string().transform((text, context): PushHosts => {
  const hosts = text.split(/\s+/).filter((host) => host !== '')
  if (hosts.length === 1 && hosts[0] === 'any') return 'any'
  if (hosts.length > 0 && hosts.every((host) => HOST.test(host))) return hosts
  const message = 'hosts of push services, separated by blanks: fcm.googleapis.com *.push.apple.com'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const vapidSchema = z.string().transform((privateKey, context) => {
  const publicKey = /^[\w-]{43}$/.test(privateKey) ? vapidPublicKey(privateKey) : null
  if (publicKey !== null) return { privateKey, publicKey }
  context.addIssue({ code: 'custom', message: 'a private key from `npm run keys`' })
  return z.NEVER
})

const fcmSchema = z.string().transform((text, context) => {
  if (text === '') return null
  try {
    return serviceAccountSchema.parse(JSON.parse(text))
  } catch {
    // What is wrong with it would tell a part of it.
    const message = 'the JSON key file of a service account, from the Firebase console'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
})

const settingsSchema = z
  .object({
    ENVIRONMENT: z.enum(['development', 'production']),
    PUBLIC_ORIGINS: originsSchema,
    ENDPOINTS: endpointsSchema,
    RATE_LIMITS: z.enum(['on', 'off']),
    MAIL_API_URL: z.union([z.literal(''), z.url()]),
    MAIL_FROM: z.string(),
    MAIL_API_KEY: z.string(),
    BETTER_AUTH_SECRET: secretSchema,
    CHANNEL_KEY: secretSchema,
    // The channel objects read these two themselves; here they are only checked.
    ARCHIVE_OPEN_SHARDS: shardsSchema,
    CHANNEL_MAX_BYTES: bytesSchema,
    OPERATOR_KEY: z.union([z.literal(''), secretSchema]).optional(),
    PUSH_ENDPOINTS: pushHostsSchema,
    // Read by the user objects.
    PUSH_PREVIEWS: z.enum(['on', 'off']),
    VAPID_PRIVATE_KEY: vapidSchema,
    FCM_SERVICE_ACCOUNT: fcmSchema.optional(),
  })
  .refine((env) => env.ENVIRONMENT !== 'production' || env.PUSH_ENDPOINTS !== 'any', {
    path: ['PUSH_ENDPOINTS'],
    message: '`any` is for tests; name the hosts',
  })
  .transform((env) => ({
    production: env.ENVIRONMENT === 'production',
    publicOrigins: env.PUBLIC_ORIGINS,
    endpoints: env.ENDPOINTS,
    limited: env.RATE_LIMITS === 'on',
    mail: { url: env.MAIL_API_URL, from: env.MAIL_FROM, key: env.MAIL_API_KEY },
    authSecret: env.BETTER_AUTH_SECRET,
    operatorKey: env.OPERATOR_KEY || null,
    push: {
      hosts: env.PUSH_ENDPOINTS,
      // The subject is where a push service finds the operator (RFC 8292, section 2.1).
      vapid: { ...env.VAPID_PRIVATE_KEY, subject: env.PUBLIC_ORIGINS[0] ?? DEVELOPMENT_SUBJECT },
      fcm: env.FCM_SERVICE_ACCOUNT ?? null,
    },
  }))

export type Settings = z.output<typeof settingsSchema>

/** Needed in production only: development logs mail, and takes any loopback origin as its own. */
const PRODUCTION_ONLY = ['PUBLIC_ORIGINS', 'MAIL_API_URL', 'MAIL_FROM', 'MAIL_API_KEY'] as const

export type SettingsCheck = { ok: true; settings: Settings } | { ok: false; faults: string[] }

/** Parses the settings in `env`; the faults name what is missing or wrong, and never tell a value. */
export function parseSettings(env: Record<string, unknown>): SettingsCheck {
  const faults = new Map<string, string>()
  const production = env['ENVIRONMENT'] !== 'development'
  const needed = [...Object.keys(settingsSchema.in.shape), ...(production ? PRODUCTION_ONLY : [])]
  for (const name of needed) {
    // A deployment may go without operators, and without apps.
    if (name === 'OPERATOR_KEY' || name === 'FCM_SERVICE_ACCOUNT') continue
    const optional = PRODUCTION_ONLY.some((key) => key === name) && !production
    const value = env[name]
    if (value === undefined || (value === '' && !optional && name !== 'ENDPOINTS')) {
      faults.set(name, `${name} is missing`)
    }
  }
  // What development may leave out counts as empty, so that an older .dev.vars still works.
  const given = production ? env : { MAIL_API_KEY: '', ...env }
  if (!production && env['MAIL_API_KEY'] === undefined) faults.delete('MAIL_API_KEY')
  const parsed = settingsSchema.safeParse(given)
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0])
    if (!faults.has(name)) faults.set(name, `${name}: ${issue.message}`)
  }
  if (faults.size > 0 || !parsed.success) return { ok: false, faults: [...faults.values()] }
  return { ok: true, settings: parsed.data }
}
