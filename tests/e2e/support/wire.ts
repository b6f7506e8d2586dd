import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network cable between a browser and the server, which can be pulled out and put back. */
export class Wire {
  readonly url: string
  readonly #target: number
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #server: Server

  private constructor(server: Server, target: number) {
    const address = server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
    this.url = `http://localhost:${this.#port}`
    this.#target = target
    this.#server = server
    server.on('connection', (socket) => this.#join(socket))
  }

  static async to(url: string): Promise<Wire> {
    return new Wire(await listen(0), Number(new URL(url).port))
  }

  /** Ends all connections and takes no new ones. */
  async pull(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async plugIn(): Promise<void> {
    this.#server = await listen(this.#port)
    this.#server.on('connection', (socket) => this.#join(socket))
  }

  #join(near: Socket): void {
    const far = connect(this.#target, 'localhost')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      socket.pipe(other)
      // An error is always followed by `close`.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, 'localhost', () => resolve(server))
  })
}
