import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import type { ServiceAccount } from '../../workers/push/google-token.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const claimsSchema = z.strictObject({
  iss: z.literal('parley@test-project.iam.gserviceaccount.com'),
  scope: z.literal('https://www.googleapis.com/auth/firebase.messaging'),
  aud: z.url(),
  iat: z.int(),
  exp: z.int(),
})

/** What FCM takes, as its reference has it; another field is a mistake. */
const messageSchema = z.strictObject({
  message: z.strictObject({
    token: z.string(),
    data: z.record(z.string(), z.string()),
    android: z.strictObject({
      priority: z.enum(['HIGH', 'NORMAL']),
      ttl: z.string().regex(/^\d+s$/),
      collapse_key: z.string().optional(),
    }),
    apns: z.strictObject({
      headers: z.record(z.string().regex(/^apns-/), z.string()),
      payload: z.looseObject({ aps: z.looseObject({}) }),
    }),
  }),
})
export type FcmMessage = z.infer<typeof messageSchema>['message']

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: object
}

/**
 * Google's two services on loopback: one that gives tokens for assertions which it checks, and FCM, which
 * takes only tokens that were given and are not revoked.
 */
export class FakeFcm {
  readonly messages: FcmMessage[] = []
  tokensGiven = 0
  /** Of the tokens that it gives from now on. */
  lifetimeSeconds = 3_600
  /** What it answers to a message, by the device's token; otherwise it takes it. */
  behave: (deviceToken: string) => Answer | 'hang' = () => ({ status: 200 })
  /** What it answers to somebody who wants a token; otherwise a token. */
  refuseTokens: Answer | null = null
  private readonly valid = new Set<string>()

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.handle(request, response))
  }

  static async start(): Promise<FakeFcm> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new FakeFcm(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get account(): ServiceAccount {
    return {
      project_id: 'test-project',
      client_email: 'parley@test-project.iam.gserviceaccount.com',
      private_key_id: 'key-1',
      private_key: privateKey,
      token_uri: `${this.url}/token`,
    }
  }

  revokeTokens(): void {
    this.valid.clear()
  }

  reset(): void {
    this.messages.length = 0
    this.tokensGiven = 0
    this.lifetimeSeconds = 3_600
    this.behave = () => ({ status: 200 })
    this.refuseTokens = null
    this.valid.clear()
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const answer = request.url === '/token' ? this.giveToken(body) : this.takeMessage(request, body)
    if (answer === 'hang') return
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body ?? {}))
  }

  private giveToken(body: string): Answer {
    if (this.refuseTokens) return this.refuseTokens
    const form = new URLSearchParams(body)
    const isGrant = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    if (!isGrant || !this.isAssertion(form.get('assertion') ?? '')) {
      return { status: 400, body: { error: 'invalid_grant' } }
    }
    this.tokensGiven++
    const token = `ya29.${randomUUID()}`
    this.valid.add(token)
    const expires_in = this.lifetimeSeconds
    return { status: 200, body: { access_token: token, expires_in, token_type: 'Bearer' } }
  }

  private isAssertion(jwt: string): boolean {
    const [header = '', claims = '', signature = ''] = jwt.split('.')
    const key = createPublicKey(publicKey)
    const signed = Buffer.from(`${header}.${claims}`)
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return false
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
    const parsed = claimsSchema.safeParse(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    if (!parsed.success || alg !== 'RS256' || kid !== 'key-1') return false
    const { aud, iat, exp } = parsed.data
    const now = Date.now() / 1000
    return (
      aud === this.account.token_uri && Math.abs(now - iat) < 60 && exp > now && exp - iat <= 3600
    )
  }

  private takeMessage({ url, headers, method }: IncomingMessage, body: string): Answer | 'hang' {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (!this.valid.has(token))
      return { status: 401, body: { error: { status: 'UNAUTHENTICATED' } } }
    const isSend = method === 'POST' && url === '/v1/projects/test-project/messages:send'
    const parsed = messageSchema.safeParse(JSON.parse(body))
    if (!isSend || !parsed.success) return { status: 400, body: { error: { details: [] } } }
    const { message } = parsed.data
    this.messages.push(message)
    return this.behave(message.token)
  }
}
