import { parseArgs } from 'node:util'
import { ParleyClient, ParleyError } from '../client/index.ts'
import { startBot } from './demo-bot.ts'
import { stop } from './tools.ts'

/**
 * `npm run demo`: fills a running development server with a few people, a DM and a group, and lets a
 * bot answer until it is stopped. Running it again adds nothing twice: everything has a fixed
 * `clientId`. `--url` names another server, `--fill-only` ends without the bot.
 */

const PASSWORD = 'parley-demo'
const PEOPLE = {
  ana: 'Ana Duarte',
  bob: 'Bob Lindqvist',
  cleo: 'Cleo Okafor',
  parley_bot: 'Parley bot',
} as const
type Handle = keyof typeof PEOPLE

const DM: [Handle, string][] = [
  ['bob', 'Morning! Did the parcel come?'],
  ['ana', 'It did, an hour ago. Thank you for sending it.'],
  ['bob', 'And? Does it fit?'],
  ['ana', 'Like made for me. You will see it on Saturday.'],
  ['bob', 'See you at six, then.'],
]
const GROUP: [Handle, string][] = [
  ['cleo', 'I found a hut by the lake that is free on the weekend.'],
  ['bob', 'Stove or heating?'],
  ['cleo', 'Stove. And there is wood, I asked.'],
  ['ana', 'Then I bring the kettle and the good tea. 🫖'],
  ['bob', '@ana and the chess board?'],
  ['ana', 'And the chess board.'],
  ['cleo', 'The train leaves at **9:14** from platform 3. Be early, it is a _short_ one.'],
  ['bob', 'And the key? I only know `4711` of last year.'],
  ['cleo', 'Still the same:\n```\ngate   4711\nboat   0822, turn left\n```'],
  ['bob', '🛶'],
]

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8787' },
    'fill-only': { type: 'boolean', default: false },
  },
})

try {
  await demo(values.url)
} catch (error) {
  if (!(error instanceof ParleyError)) throw error
  stop(`${values.url} said ${error.code}: ${error.detail}\nIs \`npm run dev\` running there?`)
}

async function demo(url: string): Promise<void> {
  const clients = new Map<Handle, ParleyClient>()
  const ids = new Map<Handle, string>()
  for (const handle of Object.keys(PEOPLE) as Handle[]) {
    const client = await logIn(url, handle)
    clients.set(handle, client)
    ids.set(handle, (await client.account.me()).userId)
  }
  const of = <Value>(map: Map<Handle, Value>, handle: Handle): Value => {
    const found = map.get(handle)
    if (found === undefined) throw new Error(`nobody is called ${handle}`)
    return found
  }
  const ana = of(clients, 'ana')
  const dm = await ana.openDm(of(ids, 'bob'))
  const group = await of(clients, 'cleo').createGroup(
    'Hut by the lake',
    [of(ids, 'ana'), of(ids, 'bob')],
    'demo-group',
  )
  const withBot = await ana.openDm(of(ids, 'parley_bot'))
  const say = (channelId: string, [handle, text]: [Handle, string], clientId: string) =>
    of(clients, handle).sendNow(channelId, text, clientId)
  for (const [index, line] of DM.entries()) await say(dm.channelId, line, `demo-dm-${index}`)
  for (const [index, line] of GROUP.entries())
    await say(group.channelId, line, `demo-group-${index}`)
  await say(withBot.channelId, ['parley_bot', 'Hello Ana. Write `help`, and I answer.'], 'demo-bot')

  console.log(`Three people, a DM and a group are at ${url}. Log in as any of them:\n`)
  for (const handle of ['ana', 'bob', 'cleo']) console.log(`  ${handle.padEnd(6)}${PASSWORD}`)
  if (values['fill-only']) return
  const end = await startBot(url, 'parley_bot', PASSWORD)
  console.log('\nThe bot answers in its DM (handle parley_bot) until you press Ctrl+C.')
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

async function logIn(url: string, handle: Handle): Promise<ParleyClient> {
  const client = new ParleyClient({ baseUrl: url })
  try {
    await client.account.signUp({
      name: PEOPLE[handle],
      handle,
      email: `${handle}@demo.example`,
      password: PASSWORD,
    })
  } catch (error) {
    // They are there from an earlier run; if the handle is somebody else's, logging in says so.
    if (!(error instanceof ParleyError)) throw error
    await client.account.signIn(handle, PASSWORD)
  }
  return client
}
