import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { unstable_readConfig } from 'wrangler'
import * as z from 'zod'
import { parseSettings } from '../workers/settings.ts'
import { build } from './build.ts'
import { capture, requireInstall, run, stop } from './tools.ts'

/**
 * `npm run deploy`: checks what an operator has to set, makes what is bound, migrates, deploys.
 * Arguments go on to `wrangler deploy`, `--secrets-file FILE` and `--var NAME:value` among them.
 */

requireInstall()
const args = process.argv.slice(2)
const config = unstable_readConfig({})
const required: string[] = config.secrets?.required ?? []
const queuesSchema = z.object({
  producers: z.array(z.object({ queue: z.string() })),
  consumers: z.array(z.object({ queue: z.string(), dead_letter_queue: z.string().optional() })),
})
const namesSchema = z.array(z.object({ name: z.string() }))

const deployed = await deployedSecrets()
const fromFile = secretsInFile()
const given = new Set([...(deployed ?? []), ...Object.keys(fromFile)])
const missing = required.filter((name) => !given.has(name))
if (missing.length > 0) stop(deployed === null ? firstTime(missing) : nextTime(missing))
checkSettings()

await build()
await makeDatabases()
await makeQueues()
for (const { binding } of config.d1_databases) {
  if (!run('wrangler', ['d1', 'migrations', 'apply', binding, '--remote'])) {
    stop(`The migrations of ${binding} did not apply; nothing was deployed.`)
  }
}
if (!run('wrangler', ['deploy', ...args])) stop('Wrangler did not deploy; see above.')

/** Names of the secrets that the deployed Worker has; null if there is no such Worker yet. */
async function deployedSecrets(): Promise<string[] | null> {
  const { ok, output } = await capture('wrangler', ['secret', 'list', '--format', 'json'])
  const list = ok ? readJson(namesSchema, output) : null
  if (list !== null) return list.map(({ name }) => name)
  // 10007: "This Worker does not exist on your account."
  if (/code: 10007|does not exist|not found/i.test(output)) return null
  return stop(`Wrangler cannot tell which secrets are set (is this machine logged in?):\n${output}`)
}

/** What `--secrets-file` holds. Only names and presence are ever looked at or shown. */
function secretsInFile(): Record<string, unknown> {
  const file = option('--secrets-file')
  if (file === undefined) return {}
  if (!existsSync(file)) return stop(`There is no file ${file}.`)
  const text = readFileSync(file, 'utf8')
  return text.trimStart().startsWith('{')
    ? (readJson(z.record(z.string(), z.unknown()), text) ?? {})
    : parseEnv(text)
}

/** The settings of wrangler.toml and `--var`, held against what the Worker itself will demand. */
function checkSettings(): void {
  const vars = Object.fromEntries(
    args.flatMap((arg, i) => {
      const text = arg === '--var' ? args[i + 1] : /^--var=(.*)$/s.exec(arg)?.[1]
      const colon = text?.indexOf(':') ?? -1
      return text === undefined || colon < 0 ? [] : [[text.slice(0, colon), text.slice(colon + 1)]]
    }),
  )
  // Secrets that are set on the Worker cannot be read; a stand-in of a good length passes for them.
  const set = Object.fromEntries([...given].map((name) => [name, 'x'.repeat(43)]))
  const check = parseSettings({ ...config.vars, ...vars, ...set, ...fromFile })
  if (check.ok) return
  stop(
    `These settings are not right yet (wrangler.toml, [vars], or --var NAME:value):\n  ${check.faults.join('\n  ')}`,
  )
}

/** Databases without an id in wrangler.toml are found by their name, and made if nobody has yet. */
async function makeDatabases(): Promise<void> {
  const { ok, output } = await capture('wrangler', ['d1', 'list', '--json'])
  const list = ok ? readJson(namesSchema, output) : null
  if (list === null) stop(`Wrangler cannot list the D1 databases:\n${output}`)
  for (const { database_name: name, database_id: id } of config.d1_databases) {
    if (name === undefined || id !== undefined || list.some((one) => one.name === name)) continue
    console.log(`Creating the D1 database ${name}`)
    const created = await capture('wrangler', ['d1', 'create', name])
    if (!created.ok) stop(`Wrangler did not create ${name}:\n${created.output}`)
  }
}

/** Each queue of wrangler.toml, and where it leaves what never succeeds, is made if nobody has yet. */
async function makeQueues(): Promise<void> {
  const { consumers, producers } = queuesSchema.parse(config.queues)
  const names = [
    ...producers.map((producer) => producer.queue),
    ...consumers.flatMap((consumer) => [consumer.queue, consumer.dead_letter_queue]),
  ]
  for (const name of new Set(names)) {
    if (name === undefined || (await capture('wrangler', ['queues', 'info', name])).ok) continue
    console.log(`Creating the queue ${name}`)
    const created = await capture('wrangler', ['queues', 'create', name])
    if (!created.ok) stop(`Wrangler did not create ${name}:\n${created.output}`)
  }
}

function firstTime(names: string[]): string {
  return [
    `There is no Worker "${config.name}" yet, so it has no secrets, and secrets cannot be set before it exists.`,
    'Write them to a file that you keep outside this folder, one NAME=value a line:',
    ...names.map((name) => `  ${name}=...`),
    'MAIL_API_KEY comes from your mail service, the others from `npm run keys`.',
    'Then: npm run deploy -- --secrets-file FILE',
    'and put the file where you keep secrets: CHANNEL_KEY must stay the same for ever.',
  ].join('\n')
}

function nextTime(names: string[]): string {
  return [
    `The Worker "${config.name}" lacks ${names.join(', ')}. Set what is missing:`,
    ...names.map((name) => `  npx wrangler secret put ${name}`),
  ].join('\n')
}

function option(name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (at < 0) return undefined
  const arg = args[at] ?? ''
  return arg === name ? args[at + 1] : arg.slice(name.length + 1)
}

/** The JSON in what Wrangler said, which may have put a banner before it; null if it is not that. */
function readJson<T>(schema: z.ZodType<T>, output: string): T | null {
  try {
    return schema.parse(JSON.parse(output.slice(output.search(/[[{]/))))
  } catch {
    // Not what was asked for: the caller shows the output as it is.
    return null
  }
}
