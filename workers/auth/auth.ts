import { waitUntil } from 'cloudflare:workers'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { generateRandomString } from 'better-auth/crypto'
import { betterAuth } from 'better-auth/minimal'
import { bearer, username } from 'better-auth/plugins'
import { eq } from 'drizzle-orm'
import * as z from 'zod'
import {
  MAX_HANDLE_LENGTH,
  MAX_PASSWORD_LENGTH,
  MIN_HANDLE_LENGTH,
  MIN_PASSWORD_LENGTH,
} from '../../protocol/limits.ts'
import { settingsOf } from '../config.ts'
import { mainDb } from '../db/main.ts'
import * as schema from '../db/schema.ts'
import { logError } from '../log.ts'
import { mailerFor } from '../mailer/mailer.ts'
import { ourOrigins } from '../origins.ts'
import { closeSockets, endDevices } from './end-devices.ts'
import { passkeyPlugin } from './passkeys.ts'
import { consume } from './rate-limit.ts'
import { passwordResetMail } from './password-reset-mail.ts'

/** Where Cloudflare tells the caller's address; a client cannot set it. */
export const ADDRESS = { ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] } }

const DAY_SECONDS = 24 * 60 * 60
const SESSION_SECONDS = 90 * DAY_SECONDS
/** How long after giving the password a passkey may be added. */
const FRESH_SECONDS = 15 * 60
const RESET_SECONDS = 60 * 60
const SIGN_IN = /\|\/(sign-in\/.*|passkey\/verify-authentication)$/
const RESET_PAGE = '/reset'

export type Auth = ReturnType<typeof createAuth>

/** Better Auth for the deployment as it is reached at `origin`, which is one of ours. */
function createAuth(env: Env, origin: string) {
  const settings = settingsOf(env)
  return betterAuth({
    appName: 'Parley',
    baseURL: origin,
    basePath: '/api/auth',
    secret: settings.authSecret,
    trustedOrigins: ourOrigins(settings, origin),
    database: drizzleAdapter(mainDb(env), { provider: 'sqlite', schema }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      sendResetPassword: async ({ user, url, token }) => {
        // `redirectTo` of the call; Better Auth has checked that it is on one of our origins.
        const page = new URL(new URL(url).searchParams.get('callbackURL') || RESET_PAGE, origin)
        await mailerFor(settings).send(passwordResetMail(user, page, token))
      },
      // Not `revokeSessionsOnPasswordReset`: that reads at most 100 sessions for its hooks.
      onPasswordReset: ({ user }) => endDevices(env, user.id),
    },
    plugins: [
      username({
        displayUsername: false,
        minUsernameLength: MIN_HANDLE_LENGTH,
        maxUsernameLength: MAX_HANDLE_LENGTH,
        usernameValidator: (text) => /^[a-z0-9_]+$/i.test(text),
      }),
      bearer({ requireSignature: true }),
      passkeyPlugin(env, origin),
    ],
    // No cookie cache: an ended session is ended with the next call.
    session: { expiresIn: SESSION_SECONDS, updateAge: DAY_SECONDS, freshAge: FRESH_SECONDS },
    rateLimit: {
      enabled: settings.limited,
      window: 60,
      max: 100,
      customRules: {
        '/sign-up/*': { window: 60, max: 20 },
        '/sign-in/*': { window: 60, max: 20 },
        '/change-password': { window: 60, max: 10 },
        '/request-password-reset': { window: 60, max: 5 },
        '/reset-password': { window: 60, max: 10 },
        '/passkey/verify-authentication': { window: 60, max: 20 },
        '/passkey/generate-authenticate-options': { window: 60, max: 60 },
        '/passkey/*': { window: 60, max: 30 },
        '/get-session': false,
        '/sign-out': false,
      },
      // All ways to sign in count together.
      customStorage: {
        consume: (key, rule) => consume(env, key.replace(SIGN_IN, '|/sign-in'), rule),
      },
    },
    databaseHooks: {
      session: { delete: { after: ({ userId, id }) => closeSockets(env, userId, id) } },
    },
    hooks: { before: holdBackRevocation, after: revokeOthers(env) },
    advanced: {
      ...ADDRESS,
      cookiePrefix: 'parley',
      database: { joins: true },
      useSecureCookies: origin.startsWith('https:'),
      // Mail goes out after the answer, which so tells nothing, neither by time nor by failing.
      backgroundTasks: { handler: (promise) => waitUntil(promise) },
    },
    telemetry: { enabled: false },
    logger: {
      // Not "error", with which Better Auth also logs every refusal. Below, errors alone get through.
      level: 'info',
      log: (level, message, ...details) => {
        if (level !== 'error') return
        if (details.length === 0) console.error(message)
        for (const detail of details)
          if (!isTaken(detail) && !isForgery(message, detail)) logError(message, detail)
      },
    },
  })
}

/** A sign-up that lost a race for its address or handle is answered, and no fault of ours. */
function isTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message.includes('UNIQUE constraint failed: user.')
}

/**
 * A passkey's answer that does not hold (another challenge, another site, a key that is known already) is
 * refused, and no fault of ours. What the database says for other reasons has a cause, too.
 */
function isForgery(message: string, error: unknown): boolean {
  if (!/^Failed to verify (registration|authentication)$/.test(message)) return false
  if (!(error instanceof Error)) return false
  const { cause } = error
  return !(cause instanceof Error) || /UNIQUE.*passkey\.|no more passkeys/.test(cause.message)
}

const revocationSchema = z.looseObject({ revokeOtherSessions: z.literal(true) })
const heldBackSchema = z.looseObject({ heldBack: z.literal(true) })

/**
 * Better Auth's `revokeOtherSessions` ends the current session too and starts another, which would
 * make this device a new one and close its sockets as logged out. So the wish is held back here...
 */
const holdBackRevocation = createAuthMiddleware(async (ctx) => {
  if (ctx.path !== '/change-password') return undefined
  const body = revocationSchema.safeParse(ctx.body)
  if (!body.success) return undefined
  return { context: { body: { ...body.data, revokeOtherSessions: false, heldBack: true } } }
})

/** ...and granted here: all other devices end, and this one goes on under a fresh token. */
function revokeOthers(env: Env) {
  return createAuthMiddleware(async (ctx) => {
    if (ctx.path !== '/change-password' || !heldBackSchema.safeParse(ctx.body).success) return
    if (isAPIError(ctx.context.returned)) return
    const current = await getSessionFromCtx(ctx)
    if (current === null) return
    await endDevices(env, current.user.id, current.session.id)
    const token = generateRandomString(32, 'a-z', 'A-Z', '0-9')
    const { id } = current.session
    await mainDb(env).update(schema.session).set({ token }).where(eq(schema.session.id, id))
    await setSessionCookie(ctx, { user: current.user, session: { ...current.session, token } })
  })
}

const instances = new WeakMap<Env, Map<string, Auth>>()

/** The instance of this isolate for one of our origins; making one takes some milliseconds. */
export function authFor(env: Env, origin: string): Auth {
  const byOrigin = instances.get(env) ?? new Map<string, Auth>()
  instances.set(env, byOrigin)
  const auth = byOrigin.get(origin) ?? createAuth(env, origin)
  byOrigin.set(origin, auth)
  return auth
}
