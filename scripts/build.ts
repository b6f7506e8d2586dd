import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { capture, requireInstall, ROOT, stop } from './tools.ts'

/** Builds what is served as static files: the web client, and the page at /docs. */

const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']

export async function build(): Promise<void> {
  const vite = await capture('vite', ['build', '--logLevel', 'warn'])
  if (!vite.ok) stop(`The web client does not build:\n${vite.output}`)
  // The page itself comes from web/public/docs; Vite has just copied it.
  const docs = join(ROOT, 'dist', 'web', 'docs')
  mkdirSync(docs, { recursive: true })
  for (const file of SWAGGER_FILES) {
    copyFileSync(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(docs, file))
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requireInstall()
  await build()
}
