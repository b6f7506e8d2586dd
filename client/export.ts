import { messageSchema, type Message } from '../protocol/objects.ts'
import { ParleyError } from './parley-error.ts'

/** The messages in the answer of an export, as they come. Throws a ParleyError if that breaks off. */
export async function* exported(response: Response): AsyncGenerator<Message, void> {
  for await (const line of linesOf(response)) {
    const message = messageSchema.safeParse(parseJson(line))
    if (message.success) yield message.data
    else {
      const detail = 'A line of the export is not what this version understands.'
      throw new ParleyError({ code: 'protocol', detail })
    }
  }
}

/** Lines of a body as they come. One that breaks off throws: what has come by then is not all. */
async function* linesOf(response: Response): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunksOf(response)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  // Every line ends; a piece of one is what is left of an answer that was cut.
  if (rest + decoder.decode() !== '') throw brokenOff()
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void> {
  try {
    // React Native reads no streams.
    if (!response.body) {
      yield new Uint8Array(await response.arrayBuffer())
      return
    }
    const reader = response.body.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        yield value
      }
    } finally {
      // Also when whoever iterates has had enough.
      await reader.cancel()
    }
  } catch (cause) {
    throw brokenOff(cause)
  }
}

function brokenOff(cause?: unknown): ParleyError {
  return new ParleyError({ code: 'network', detail: 'The export broke off.' }, cause)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Not JSON: no message either.
    return null
  }
}
