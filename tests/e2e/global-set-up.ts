import type { TestProject } from 'vitest/node'
import { removeFolder, startServer } from './support/server.ts'

/**
 * One server for all files that need nothing special of it, with its limits lifted. `PARLEY_URL` names
 * one that runs already, which saves its start while working on a test.
 */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | void> {
  const running = process.env['PARLEY_URL']
  if (running !== undefined) {
    project.provide('serverUrl', running)
    return undefined
  }
  const server = await startServer()
  project.provide('serverUrl', server.url)
  return async () => {
    await server.stop()
    removeFolder(server)
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
  }
}
