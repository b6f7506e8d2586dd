import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { PASSWORD, Person } from './support/person.ts'

const ROOT = new URL('../../', import.meta.url)

/** The program in the SDK's README, as somebody would save it. */
function example(): string {
  const [, code] = /```ts\n(.*?)```/s.exec(readFileSync(new URL('client/README.md', ROOT), 'utf8'))!
  return code!.replaceAll("'./client/", `'${ROOT.href}client/`)
}

it('the example in the README of the SDK does what it says', async () => {
  const url = inject('serverUrl')
  const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
  const folder = mkdtempSync(join(tmpdir(), 'parley-example-'))
  writeFileSync(join(folder, 'example.ts'), example())
  const args = ['example.ts', url, ana.handle, PASSWORD, bob.handle]
  const program = spawn(process.execPath, args, { cwd: folder })
  onTestFinished(() => {
    program.kill()
    rmSync(folder, { recursive: true })
  })
  let output = ''
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }

  await expect.poll(() => output).toContain('Hello from a program is sent')
  const { channelId } = await bob.openDm(ana)
  const { messages } = await bob.history(channelId)
  const sent = messages.filter(({ text }) => text === 'Hello from a program')
  expect(sent).toHaveLength(1)
  await bob.call('PUT', `/v1/channels/${channelId}/read`, { messageId: sent[0]!.messageId })
  await expect.poll(() => output).toContain('Hello from a program is read')
  await bob.send(channelId, 'Hello to a program')
  await expect.poll(() => output).toContain('bob says Hello to a program')
})
