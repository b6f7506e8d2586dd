import { WebSocket } from 'ws'

/**
 * A socket of the load generator, which shares two cores with what it measures: it looks at frames as
 * text and parses only what it is asked to wait for.
 */
export class BenchSocket {
  /** Frames that came. */
  frames = 0
  /** Rows that came in `messages` or `sync` frames. */
  rows = 0
  /** How far the last `sync` frame went. */
  cursor = 0
  private readonly ws: WebSocket
  private nextRef = 0
  private readonly pending = new Map<number, (frame: string) => void>()
  private watchers: (() => void)[] = []

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data: Buffer) => this.receive(data.toString('latin1')))
  }

  static open(url: string, token: string): Promise<BenchSocket> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, {
        headers: token === '' ? {} : { authorization: `Bearer ${token}` },
        perMessageDeflate: false,
      })
      const socket = new BenchSocket(ws)
      ws.once('open', () => resolve(socket))
      ws.once('error', reject)
      ws.once('unexpected-response', (_, { statusCode }) => reject(new Error(`HTTP ${statusCode}`)))
    })
  }

  /** Sends a frame with a `ref` and resolves with the answer's text. */
  ask(fields: string): Promise<string> {
    const ref = this.nextRef++
    return new Promise((resolve) => {
      this.pending.set(ref, resolve)
      this.ws.send(`{"ref":${ref},${fields}}`)
    })
  }

  send(text: string): void {
    this.ws.send(text)
  }

  /** A heartbeat; its `pong` counts for nothing. */
  ping(): void {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.send('ping')
  }

  /** Resolves once `rows` rows have come in all. */
  hasRows(rows: number): Promise<void> {
    return this.until(() => this.rows >= rows)
  }

  /** Resolves once `frames` frames have come in all. */
  hasFrames(frames: number): Promise<void> {
    return this.until(() => this.frames >= frames)
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.watchers.push(resolve))
  }

  close(): void {
    this.ws.terminate()
  }

  private receive(frame: string): void {
    if (frame === 'pong') return
    this.frames++
    if (frame.startsWith('{"t":"ok"')) {
      const ref = Number(/"ref":(\d+)/.exec(frame)?.[1])
      this.pending.get(ref)?.(frame)
      this.pending.delete(ref)
    } else if (frame.startsWith('{"t":"messages"') || frame.startsWith('{"t":"sync"')) {
      this.rows += countRows(frame)
      if (frame.startsWith('{"t":"sync"')) this.follow(frame)
      this.confirm(frame)
    } else if (frame.startsWith('{"t":"error"')) {
      throw new Error(frame)
    } else if (!frame.startsWith('{')) {
      // A floor's echo.
      this.rows++
    }
    for (const wake of this.watchers.splice(0)) wake()
  }

  /** Who falls behind by more than an inbox holds is reset, and would wait for the rows in between for ever. */
  private follow(frame: string): void {
    if (this.cursor > 0 && frame.endsWith('"reset":true,"more":false}')) {
      throw new Error('this device fell behind and was reset')
    }
    this.cursor = cursorOf(frame)
  }

  private unconfirmedBytes = 0

  /** Keeps the window open, seldom. */
  private confirm(frame: string): void {
    this.unconfirmedBytes += frame.length
    if (this.unconfirmedBytes < 1_000_000) return
    this.unconfirmedBytes = 0
    const isSync = frame.startsWith('{"t":"sync"')
    const version = /"version":(\d+),"more"/.exec(frame.slice(-60))?.[1]
    this.send(
      isSync ? `{"t":"cursor","cursor":${this.cursor}}` : `{"t":"cursor","version":${version}}`,
    )
  }
}

function cursorOf(frame: string): number {
  return Number(/"cursor":(-?\d+)/.exec(frame.slice(0, 60))?.[1])
}

function countRows(frame: string): number {
  let rows = 0
  for (let at = frame.indexOf('"editedAt":'); at >= 0; at = frame.indexOf('"editedAt":', at + 11)) {
    rows++
  }
  // The channel's lastMessage in a `sync` frame is a message too.
  return frame.startsWith('{"t":"sync"') ? rows - countOf(frame, '"lastMessage":{') : rows
}

function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++
  return count
}
