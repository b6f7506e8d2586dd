import { env } from 'cloudflare:workers'
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { app } from '../../workers/app.ts'

/** The edge Worker as a program would call it, and accounts made through it. */

export const ORIGIN = 'http://localhost:8787'

interface Call {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  settings?: Partial<Env>
  /** Aborted when the caller goes. */
  signal?: AbortSignal
}

/** One call; a body that is no text goes as JSON. */
export async function call(path: string, options: Call = {}): Promise<Response> {
  const { body, headers = {}, settings, signal } = options
  const json = body !== undefined && typeof body !== 'string'
  const request = new Request(`${ORIGIN}${path}`, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'cf-connecting-ip': '192.0.2.1',
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
    ...(signal && { signal }),
  })
  const context = createExecutionContext()
  const response = await app.fetch(request, settings ? { ...env, ...settings } : env, context)
  await waitOnExecutionContext(context)
  return response
}

export interface Login {
  userId: string
  username: string
  email: string
  bearer: { authorization: string }
  cookie: { cookie: string }
}

export const PASSWORD = 'correct horse'

export async function signUp(name = 'Ann'): Promise<Login> {
  const username = `u${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`
  const email = `${username}@example.com`
  const body = { name, username, email, password: PASSWORD }
  return await login(await call('/api/auth/sign-up/email', { body }), username, email)
}

export async function signIn({ username, email }: Login, password = PASSWORD): Promise<Login> {
  const body = { username, password }
  return await login(await call('/api/auth/sign-in/username', { body }), username, email)
}

async function login(response: Response, username: string, email: string): Promise<Login> {
  if (response.status !== 200) throw new Error(await response.text())
  const { user } = await response.json<{ user: { id: string } }>()
  return {
    userId: user.id,
    username,
    email,
    bearer: bearerOf(response),
    cookie: { cookie: response.headers.getSetCookie()[0]!.split(';')[0]! },
  }
}

export function bearerOf(response: Response): { authorization: string } {
  return { authorization: `Bearer ${response.headers.get('set-auth-token')}` }
}

/** Status and code of an error that has the shape all errors have. */
export async function refusal(response: Response): Promise<[number, string]> {
  const type = response.headers.get('content-type')
  if (type !== 'application/problem+json') throw new Error(`not a problem: ${type}`)
  const problem = await response.json<{ status: number; code: string }>()
  if (problem.status !== response.status) throw new Error('the status is not that of the body')
  return [problem.status, problem.code]
}
