import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { capture } from './tools.ts'

/**
 * Starts the runtime as production does, without its `--experimental`, with the flags of wrangler.toml: a flag
 * that is experimental works in `wrangler dev` and in the tests, and is refused on deployment. Resolves with the complaint.
 */
export async function checkFlags(): Promise<string | null> {
  const { compatibility_date, compatibility_flags } = unstable_readConfig({})
  const folder = mkdtempSync(join(tmpdir(), 'parley-flags-'))
  const file = join(folder, 'config.capnp')
  const worker = [
    'modules = [(name = "worker", esModule = "export default { test() {} }")]',
    `compatibilityDate = ${JSON.stringify(compatibility_date)}`,
    `compatibilityFlags = ${JSON.stringify(compatibility_flags)}`,
  ].join(', ')
  const config = `(services = [(name = "flags", worker = (${worker}))])`
  try {
    writeFileSync(
      file,
      `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = ${config};\n`,
    )
    const { ok, output } = await capture('workerd', ['test', file])
    return ok ? null : output
  } finally {
    rmSync(folder, { recursive: true })
  }
}
