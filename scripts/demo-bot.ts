import { ParleyClient } from '../client/index.ts'

/** A small bot on the public SDK: it answers whoever writes to it in a DM. */

const HELP = [
  'I am a bot, made of thirty lines on the SDK. Try:',
  '`time`: what the clock says here',
  '`count 5`: five messages, one after the other',
  'anything else: I say it back',
].join('\n')

/** Logs the bot in and has it answer until the returned function is called. */
export async function startBot(
  baseUrl: string,
  handle: string,
  password: string,
): Promise<() => void> {
  const bot = new ParleyClient({ baseUrl })
  await bot.account.signIn(handle, password)
  const me = await bot.account.me()
  bot.on('message', (message) => {
    const isDm = bot.channel(message.channelId)?.kind === 'dm'
    if (!isDm || message.userId === me.userId || message.kind !== 'text') return
    for (const line of answersTo(message.text)) bot.send(message.channelId, line)
    bot.markRead(message.channelId, message.messageId)
  })
  await bot.connect()
  return () => bot.close()
}

/** What the bot says to a text; never nothing. */
export function answersTo(text: string): string[] {
  const said = text.trim().toLowerCase()
  if (said === 'help' || said === 'hi' || said === 'hello') return [HELP]
  if (said === 'time') return [`It is ${new Date().toLocaleTimeString('en-GB')}.`]
  const count = /^count (\d{1,2})$/.exec(said)?.[1]
  if (count) return Array.from({ length: Math.min(50, Number(count)) }, (_, i) => String(i + 1))
  return [`You said: ${text}`]
}
