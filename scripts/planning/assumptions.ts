import * as z from 'zod'

/** What is assumed of people; every one is an option of `npm run plan`. A day is one of theirs. */

interface Assumption {
  value: number
  schema: z.ZodType<number>
  says: string
}

const share = z.number().min(0).max(1)
const amount = z.number().min(0).max(1e12)

const ASSUMED = {
  users: assumed(50e6, amount.min(1), 'people who use it on a day'),
  'messages-per-day': assumed(40, amount, 'messages that one of them sends a day'),
  'group-share': assumed(0.3, share, 'of the messages go to groups, the others to DMs'),
  'group-size': assumed(
    10,
    z.number().min(2).max(100),
    'members of the group that a message goes to',
  ),
  'open-share': assumed(0.5, share, 'of the messages reach people who have the conversation open'),
  'busy-share': assumed(0.5, share, 'of the messages come a second after another, the rest alone'),
  'http-share': assumed(0.01, share, 'of the messages are sent by HTTP and not on a socket'),
  'edit-share': assumed(0.01, share, 'of the messages are edited'),
  devices: assumed(2, amount, 'devices of a person'),
  connects: assumed(6, amount, 'times a day that a device connects'),
  opens: assumed(15, amount, 'times a day that a person opens a conversation'),
  reads: assumed(30, amount, 'times a day that a read mark moves'),
  appearances: assumed(6, amount, 'times a day that a person comes, is seen by friends, and goes'),
  // Of some 140 messages that come a day half find the conversation open. Of the others many come in one
  // burst, are read or confirmed on a device before they are due, or are muted: a third of them is left.
  pushes: assumed(20, amount, 'pushes a day that tell a person of messages, each to one device'),
  // What came in one conversation is taken back at once, however many pushes told of it.
  'push-clears': assumed(0.5, share, 'of the pushes are followed by one that takes them back'),
  'push-ms': assumed(100, amount, 'that a push service takes to answer'),
  'watched-hours': assumed(
    1,
    z.number().min(0).max(24),
    'hours a day that somebody watches whether one is there',
  ),
  logins: assumed(0.02, amount, 'logins with a password a day'),
  'sign-ups': assumed(0.002, amount, 'sign-ups a day, for each person'),
  channels: assumed(30, amount, 'conversations that a person is in'),
  'text-bytes': assumed(60, amount, 'bytes of a text in UTF-8'),
  peak: assumed(3, amount.min(1), 'times the average, at the busiest time of the day'),
  'round-trip-ms': assumed(
    30,
    amount,
    'that an object waits for others or D1, each time it is woken',
  ),
  days: assumed(365, amount, 'of history that the objects hold'),
  'archive-days': assumed(90, amount, 'of history that the archive holds'),
  'log-sampling': assumed(1, share, 'of the invocations are logged; wrangler.toml has all of them'),
} satisfies Record<string, Assumption>

export type Name = keyof typeof ASSUMED
export type Assumptions = Record<Name, number>

export const NAMES = z.enum(Object.keys(ASSUMED) as [Name, ...Name[]]).options

function assumed(value: number, schema: z.ZodType<number>, says: string): Assumption {
  return { value, schema, says }
}

/** The defaults, with what was given in their place; or what is wrong with it, in a sentence. */
export function assume(given: Partial<Record<string, string>>): Assumptions | string {
  const unknown = Object.keys(given).find((name) => !NAMES.some((known) => known === name))
  if (unknown !== undefined) return `There is no option --${unknown}.`
  const result: Partial<Assumptions> = {}
  for (const name of NAMES) {
    const text = given[name]
    const { value, schema } = ASSUMED[name]
    const number = text === undefined ? value : text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isNaN(number)) return `--${name} is a number, and "${text}" is none.`
    const parsed = schema.safeParse(number)
    if (!parsed.success) return `--${name} ${text} will not do: ${parsed.error.issues[0]?.message}.`
    result[name] = parsed.data
  }
  return { ...defaults(), ...result }
}

export function defaults(): Assumptions {
  return Object.fromEntries(NAMES.map((name) => [name, ASSUMED[name].value])) as Assumptions
}

/** `--name value   what it is`, for all of them. */
export function describe(assumptions: Assumptions): string[] {
  return NAMES.map((name) => {
    const value = assumptions[name].toLocaleString('en-US')
    return `--${name.padEnd(17)} ${value.padStart(12)}  ${ASSUMED[name].says}`
  })
}
