import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import * as z from 'zod'
import { version } from '../package.json'
import { idSchema } from '../protocol/schemas.ts'
import { newPasskeySchema, renamePasskeySchema } from './auth/passkeys.ts'
import { emailSchema, newPasswordSchema, signUpSchema } from './auth/sign-up.ts'
import type { AppEnv } from './context.ts'
import { problems } from './router.ts'

/** `/openapi.json`: our routes from their own declarations, Better Auth's by hand. */

const TAGS = [
  { name: 'Service', description: 'What this deployment is and where to reach it' },
  { name: 'Account', description: 'Signing up, logging in, devices' },
  { name: 'People', description: 'Profiles, contacts, presence, settings' },
  { name: 'Channels', description: 'Direct messages and groups, and who is in them' },
  { name: 'Invites', description: 'Links by which people join a group' },
  { name: 'Messages', description: 'Sending, reading, history, reactions' },
  { name: 'Operators', description: 'What is archived; only with the secret `OPERATOR_KEY`' },
  { name: 'Sync', description: 'What changed since a cursor, and the sockets' },
]

const DESCRIPTION = [
  'Real-time chat. Times are Unix milliseconds; a field without a value is `null`, never absent.',
  'Log in with the session cookie (unsafe calls and upgrades then need an `Origin` of this',
  'deployment) or with the token that sign-in answers in the header `set-auth-token`, as a bearer.',
  'Errors are `application/problem+json` (RFC 9457) with a `code`.',
].join(' ')

/** Describes all of the API, and serves the description. Call it after the routes are mounted. */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  const registry = app.openAPIRegistry
  registry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'parley.session_token',
    description: 'Set by sign-in; over https its name starts with `__Secure-`',
  })
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The value of `set-auth-token` from sign-up or sign-in',
  })
  registry.registerComponent('securitySchemes', 'operator', {
    type: 'http',
    scheme: 'bearer',
    description: 'The secret `OPERATOR_KEY`; a deployment without it has no operator calls',
  })
  registry.registerComponent('securitySchemes', 'ticket', {
    type: 'apiKey',
    in: 'query',
    name: 'ticket',
    description: 'From `POST /v1/tickets`; opens one socket once',
  })
  for (const call of [...authCalls(), documentItself()]) registry.registerPath(call)

  app.get('/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Parley',
          version,
          description: DESCRIPTION,
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: '/', description: 'This deployment' }],
        tags: TAGS,
        security: [{ cookie: [] }, { bearer: [] }],
      }),
    ),
  )
}

const accountSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    email: z.email(),
    emailVerified: z.boolean(),
    image: z.string().nullable(),
    username: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Account', description: 'My account as Better Auth tells it' })

const loginSchema = z
  .object({ token: z.string(), user: accountSchema })
  .meta({ id: 'Login', description: 'The token to use is the one in `set-auth-token`' })

const sessionSchema = z
  .object({
    session: z.looseObject({ id: idSchema, userId: idSchema, expiresAt: z.iso.datetime() }),
    user: accountSchema,
  })
  .nullable()

const rememberMe = z.boolean().optional().describe('false: the login ends with the browser')

const loggedIn = {
  description: 'Logged in, with cookie and token',
  headers: z.object({ 'set-auth-token': z.string().describe('the bearer token') }),
  content: { 'application/json': { schema: loginSchema } },
}

function done(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema } } }
}

function post(
  path: string,
  operationId: string,
  summary: string,
  body: z.ZodType | null,
  rest: Pick<RouteConfig, 'responses'> & { security?: [] },
): RouteConfig {
  const content = { 'application/json': { schema: body ?? z.object({}) } }
  return {
    method: 'post',
    path: `/api/auth${path}`,
    operationId,
    summary,
    tags: ['Account'],
    ...rest,
    ...(body === null ? {} : { request: { body: { required: true, content } } }),
  }
}

function authCalls(): RouteConfig[] {
  return [
    ...passkeyCalls(),
    post('/sign-up/email', 'signUp', 'Make an account and log in', signUpSchema, {
      security: [],
      responses: {
        200: loggedIn,
        ...problems('invalid', 'conflict', 'too_large', 'rate_limited', 'unavailable'),
      },
    }),
    post(
      '/sign-in/email',
      'signInByEmail',
      'Log in with the e-mail address',
      z
        .object({ email: emailSchema, password: z.string(), rememberMe })
        .meta({ id: 'SignInByEmail' }),
      {
        security: [],
        responses: {
          200: loggedIn,
          ...problems('invalid', 'unauthenticated', 'rate_limited', 'unavailable'),
        },
      },
    ),
    post(
      '/sign-in/username',
      'signInByHandle',
      'Log in with the handle',
      z
        .object({ username: z.string(), password: z.string(), rememberMe })
        .meta({ id: 'SignInByHandle' }),
      {
        security: [],
        responses: {
          200: loggedIn,
          ...problems('invalid', 'unauthenticated', 'rate_limited', 'unavailable'),
        },
      },
    ),
    post('/sign-out', 'signOut', 'Log this device out and close its sockets', null, {
      responses: {
        200: done('Logged out, also if one was not logged in', z.object({ success: z.boolean() })),
        ...problems('forbidden', 'unavailable'),
      },
    }),
    post(
      '/change-password',
      'changePassword',
      'Set another password',
      z
        .object({
          currentPassword: z.string(),
          newPassword: newPasswordSchema,
          revokeOtherSessions: z
            .boolean()
            .optional()
            .describe('log all other devices out; this one goes on under a fresh token'),
        })
        .meta({ id: 'ChangePassword' }),
      {
        responses: {
          200: done(
            'Changed; with `revokeOtherSessions` the fresh token is in `set-auth-token`',
            z.object({ token: z.string().nullable(), user: accountSchema }),
          ),
          ...problems('invalid', 'unauthenticated', 'forbidden', 'rate_limited', 'unavailable'),
        },
      },
    ),
    post(
      '/request-password-reset',
      'requestPasswordReset',
      'Send a mail with a link that sets a new password',
      z
        .object({
          email: emailSchema,
          redirectTo: z.string().optional().describe('the page of ours that gets `?token=`'),
        })
        .meta({ id: 'RequestPasswordReset' }),
      {
        security: [],
        responses: {
          200: done(
            'The same answer whether there is such an account or not',
            z.object({ status: z.boolean(), message: z.string() }),
          ),
          ...problems('invalid', 'rate_limited', 'unavailable'),
        },
      },
    ),
    post(
      '/reset-password',
      'resetPassword',
      'Set a new password with the token of that mail; logs all devices out',
      z.object({ token: z.string(), newPassword: newPasswordSchema }).meta({ id: 'ResetPassword' }),
      {
        security: [],
        responses: {
          200: done('Set', z.object({ status: z.boolean() })),
          ...problems('invalid', 'rate_limited', 'unavailable'),
        },
      },
    ),
    {
      method: 'get',
      path: '/api/auth/get-session',
      operationId: 'getSession',
      summary: 'My session and account, or null',
      tags: ['Account'],
      security: [{}, { cookie: [] }, { bearer: [] }],
      responses: {
        200: done('`null` when not logged in', sessionSchema),
        ...problems('too_large', 'unavailable'),
      },
    },
  ]
}

const passkeySchema = z
  .looseObject({
    id: z.string(),
    name: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Passkey' })

const CHALLENGE =
  'In JSON, as `PublicKeyCredential` of browsers parses it. A cookie names the challenge: it counts once, within five minutes.'

function get(path: string, operationId: string, summary: string, rest: Partial<RouteConfig>) {
  const responses = {}
  const method = 'get' as const
  return {
    method,
    path: `/api/auth${path}`,
    operationId,
    summary,
    tags: ['Account'],
    responses,
    ...rest,
  }
}

function passkeyCalls(): RouteConfig[] {
  const options = (challenge: string) => done(challenge, z.looseObject({ challenge: z.string() }))
  return [
    get(
      '/passkey/generate-register-options',
      'passkeyRegistrationOptions',
      'What a browser makes a passkey of',
      {
        description: `${CHALLENGE} \`forbidden\` with reason \`SESSION_NOT_FRESH\` unless I gave my password here in the last 15 minutes (\`POST /v1/me/password\`).`,
        responses: {
          200: options('The options'),
          ...problems('unauthenticated', 'forbidden', 'rate_limited', 'unavailable'),
        },
      },
    ),
    post(
      '/passkey/verify-registration',
      'addPasskey',
      'Add the passkey that the browser made, 20 at most',
      newPasskeySchema,
      {
        responses: {
          200: done('Added', passkeySchema),
          ...problems('invalid', 'unauthenticated', 'forbidden', 'rate_limited', 'unavailable'),
        },
      },
    ),
    get(
      '/passkey/generate-authenticate-options',
      'passkeyLogInOptions',
      'What a browser asks for a passkey with',
      {
        description: CHALLENGE,
        security: [],
        responses: { 200: options('The options'), ...problems('rate_limited', 'unavailable') },
      },
    ),
    post(
      '/passkey/verify-authentication',
      'logInWithPasskey',
      'Log in with a passkey',
      z.object({ response: newPasskeySchema.shape.response }).meta({ id: 'PasskeyLogIn' }),
      {
        security: [],
        responses: {
          200: { ...loggedIn, content: { 'application/json': { schema: passkeyLoginSchema } } },
          ...problems('invalid', 'unauthenticated', 'forbidden', 'rate_limited', 'unavailable'),
        },
      },
    ),
    get('/passkey/list-user-passkeys', 'listPasskeys', 'My passkeys', {
      responses: {
        200: done('All of them', z.array(passkeySchema)),
        ...problems('unauthenticated', 'rate_limited', 'unavailable'),
      },
    }),
    post('/passkey/update-passkey', 'renamePasskey', 'Rename a passkey', renamePasskeySchema, {
      responses: {
        200: done('Renamed', z.object({ passkey: passkeySchema })),
        ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
      },
    }),
    post(
      '/passkey/delete-passkey',
      'removePasskey',
      'Remove a passkey: it logs nobody in any more',
      z.object({ id: z.string() }).meta({ id: 'RemovePasskey' }),
      {
        responses: {
          200: done('Removed', z.object({ status: z.boolean() })),
          ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
        },
      },
    ),
  ]
}

const passkeyLoginSchema = z
  .object({ session: z.looseObject({ id: idSchema, userId: idSchema }), user: accountSchema })
  .meta({ id: 'PasskeyLoggedIn' })

function documentItself(): RouteConfig {
  return {
    method: 'get',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'This document',
    tags: ['Service'],
    security: [],
    responses: {
      200: {
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: z.looseObject({ openapi: z.string() }) } },
      },
      ...problems('too_large', 'unavailable'),
    },
  }
}
