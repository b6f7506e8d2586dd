import type { MiddlewareHandler } from 'hono'
import { fail } from '../../protocol/errors.ts'
import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import type { AppEnv } from '../context.ts'
import { problem } from '../problem.ts'

/**
 * Bodies above MAX_BODY_BYTES are `too_large`: at once where `content-length` says so, otherwise
 * after counting what really came, so a chunked body cannot lie.
 */
export const limitBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { body, headers, method } = c.req.raw
  if (body !== null) {
    const tooLarge = fail('too_large', `a body has at most ${MAX_BODY_BYTES} bytes`)
    if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return problem(c, tooLarge)
    const bytes = await readUpTo(body, MAX_BODY_BYTES)
    if (bytes === null) return problem(c, tooLarge)
    const bodiless = method === 'GET' || method === 'HEAD'
    c.req.raw = new Request(c.req.url, {
      method,
      headers,
      ...(bodiless ? {} : { body: bytes }),
      ...(c.req.raw.cf === undefined ? {} : { cf: c.req.raw.cf }),
    })
  }
  await next()
  return undefined
}

async function readUpTo(body: ReadableStream<Uint8Array>, max: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > max) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
