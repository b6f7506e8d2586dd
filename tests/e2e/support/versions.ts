import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'

const root = new URL('../../../', import.meta.url).pathname

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** Builds the page, and its service worker, as a version whose list of chats has another title. */
export async function buildVersion(title: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'parley-version-'))
  const retitle = {
    name: 'retitle',
    enforce: 'pre' as const,
    transform: (code: string, id: string) =>
      id.endsWith('/web/text.en.ts') ? code.replace("title: 'Chats'", `title: '${title}'`) : null,
  }
  for (const config of ['vite.config.ts', 'vite.worker.config.ts']) {
    await build({
      configFile: join(root, config),
      logLevel: 'silent',
      build: { outDir, emptyOutDir: config === 'vite.config.ts' },
      plugins: [retitle],
    })
  }
  return outDir
}

/** In front of a server: its API, with the page's files from a folder that can be changed, as a deployment does. */
export class Deployment {
  readonly url: string
  /** The folder with the version that is served. */
  folder: string
  /** In the place of files of the folder, by path. */
  readonly instead = new Map<string, string>()
  /** Paths that were asked for. */
  readonly asked: string[] = []
  readonly #server: Server
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  readonly #headers: Record<string, string>

  private constructor(server: Server, target: string, folder: string) {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    this.url = `http://localhost:${port}`
    this.#server = server
    this.#target = new URL(target)
    this.folder = folder
    this.#headers = headersOf(folder)
    server.on('request', (asked, answer) => this.#answer(asked, answer))
    server.on('upgrade', (asked, socket: Socket) => this.#upgrade(asked, socket))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async of(target: string, folder: string): Promise<Deployment> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    return new Deployment(server, target, folder)
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #answer(asked: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(asked.url ?? '/', this.url)
    if (/^\/(api|v1|healthz|docs|openapi)/.test(pathname)) return this.#pass(asked, answer)
    this.asked.push(pathname)
    const file = pathname === '/' ? '/index.html' : pathname
    const cacheControl = file.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache'
    const body = this.#file(file)
    const type = TYPES[body === null ? '.html' : extname(file)] ?? 'application/octet-stream'
    answer.writeHead(200, { ...this.#headers, 'cache-control': cacheControl, 'content-type': type })
    // As a deployment does: whatever is no file is the page.
    answer.end(body ?? this.#file('/index.html'))
  }

  #file(path: string): Buffer | string | null {
    const other = this.instead.get(path)
    if (other !== undefined) return other
    try {
      return readFileSync(join(this.folder, path))
    } catch {
      // There is none.
      return null
    }
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { hostname, port } = this.#target
    const { method, headers, url: path } = asked
    const on = request({ hostname, port, method, headers, path }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    on.on('error', () => answer.destroy())
    asked.pipe(on)
  }

  #upgrade({ url, rawHeaders }: IncomingMessage, near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname, () => {
      const lines = [`GET ${url} HTTP/1.1`]
      for (let i = 0; i < rawHeaders.length; i += 2) {
        lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
      }
      far.write(`${lines.join('\r\n')}\r\n\r\n`)
      near.pipe(far).pipe(near)
    })
    far.on('error', () => near.destroy())
    near.on('error', () => far.destroy())
    near.on('close', () => far.destroy())
  }
}

export function removeVersion(folder: string): void {
  rmSync(folder, { recursive: true })
}

/** Of `_headers` those for all paths: the page runs under its Content-Security-Policy here too. */
function headersOf(folder: string): Record<string, string> {
  const [forAll = ''] = readFileSync(join(folder, '_headers'), 'utf8').split('\n\n')
  const lines = forAll.split('\n').slice(1)
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
}
