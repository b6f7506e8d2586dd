import { between, minus, plus, times, type Bill, type Usage } from '../../bench/usage.ts'
import {
  HEARTBEAT_SECONDS,
  INBOX_MAX_AGE_MS,
  INBOX_MAX_ROWS,
  OFFLINE_AFTER_SECONDS,
} from '../../protocol/limits.ts'
import type { Assumptions } from './assumptions.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const INBOX_DAYS = INBOX_MAX_AGE_MS / DAY_MS
/** `user-object.ts` trims every 256 values of a counter of which each delivery takes two. */
const DELIVERIES_PER_TRIM = 128
/** A trim sums up the inbox and looks at this many of its oldest rows (`trim.ts`). */
const ROWS_PER_TRIM = 1000
/** An alarm looks at heartbeats 30 s after the last, of which there is one in 5 s: half of that on average. */
const LOOKS_PER_HOUR = 3600 / (OFFLINE_AFTER_SECONDS - HEARTBEAT_SECONDS / 2)

/** All that is billed of one message, with the assumptions blended; readers' receipts not included. */
export function messageUsage(bill: Bill, assumptions: Assumptions): Usage {
  const { counted } = bill
  const busy = assumptions['busy-share']
  const http = times(minus(counted.dmHttp.usage, counted.dmLive.usage), assumptions['http-share'])
  const live = between(counted.dmLive.usage, counted.dmLiveBusy.usage, busy)
  const away = between(counted.dmAway.usage, counted.dmAwayBusy.usage, busy)
  const dm = between(away, live, assumptions['open-share'])
  const liveGroup = between(counted.groupLive.usage, counted.groupLiveBusy.usage, busy)
  const awayGroup = between(counted.groupAway.usage, counted.groupAwayBusy.usage, busy)
  const largeGroup = between(awayGroup, liveGroup, assumptions['open-share'])
  const group = between(dm, largeGroup, sizeShare(bill, assumptions))
  return plus(between(dm, group, assumptions['group-share']), http)
}

/** Where a group of the assumed size lies between a DM (0) and the group of the bench (1). */
function sizeShare({ groupSize }: Bill, assumptions: Assumptions): number {
  return (assumptions['group-size'] - 2) / (groupSize - 2)
}

/** What a day of one person comes to, by what causes it. */
export function dayOfOne(bill: Bill, assumptions: Assumptions): Record<string, Usage> {
  const { counted } = bill
  const messages = assumptions['messages-per-day']
  const direct = messages * (1 - assumptions['group-share'])
  const read = between(
    counted.readDm.usage,
    between(counted.readDm.usage, counted.readGroup.usage, sizeShare(bill, assumptions)),
    assumptions['group-share'],
  )
  const sent = times(messageUsage(bill, assumptions), messages)
  const parts = {
    messages: plus(sent, times(counted.edit.usage, messages * assumptions['edit-share'])),
    receipts: plus(times(counted.delivered.usage, direct), times(read, assumptions.reads)),
    connecting: plus(
      times(counted.connect.usage, assumptions.devices * assumptions.connects),
      times(counted.open.usage, assumptions.opens),
      times(counted.signIn.usage, assumptions.logins),
      times(counted.signUp.usage, assumptions['sign-ups']),
    ),
    presence: plus(
      // That a device connects is counted above.
      times(minus(counted.appear.usage, counted.connect.usage), assumptions.appearances),
      times(counted.leave.usage, assumptions.appearances),
      times(counted.look.usage, assumptions['watched-hours'] * LOOKS_PER_HOUR),
    ),
    pushes: pushing(bill, assumptions),
    'trimming of inboxes': trimming(sent),
  }
  return Object.fromEntries(
    Object.entries(parts).map(([part, usage]) => [part, waiting(usage, assumptions)]),
  )
}

/**
 * What pushes take beyond the same message, and the same reading of it, without an address to push to. Of awake
 * times only the round trip of the alarm: those of the bench differ from run to run by more than a push takes.
 */
function pushing({ counted }: Bill, assumptions: Assumptions): Usage {
  const told = minus(counted.dmPush.usage, counted.dmAway.usage)
  const takenBack = minus(counted.readPushed.usage, counted.readDm.usage)
  const each = plus(told, times(takenBack, assumptions['push-clears']))
  return times({ ...each, awakeSeconds: 0 }, assumptions.pushes)
}

/** Every row of an inbox is deleted in the end, and to find out which, the inbox is read now and then. */
function trimming(sent: Usage): Usage {
  const rows = Math.min(INBOX_MAX_ROWS, sent.deliveries * INBOX_DAYS)
  const read = rows + Math.min(rows, ROWS_PER_TRIM)
  return {
    ...times(sent, 0),
    rowsWritten: sent.deliveries,
    rowsRead: (sent.deliveries / DELIVERIES_PER_TRIM) * read,
  }
}

/** The bench runs on one machine; in production an object waits for others, while it is billed. */
function waiting(usage: Usage, assumptions: Assumptions): Usage {
  const events = usage.frames + usage.alarms
  const waits = (events * assumptions['round-trip-ms']) / 1000
  return { ...usage, awakeSeconds: usage.awakeSeconds + waits }
}

/** What is stored after the assumed days, in GB of 1,000,000,000 bytes. */
export interface Storage {
  /** Messages in their channels. */
  history: number
  /** The messages of the last 30 days once more, in every member's inbox. */
  inboxes: number
  /** Tables of objects, before anything is in them. */
  objects: number
  archive: number
  archivePerDay: number
  accounts: number
  /** How many objects there are. */
  objectCount: number
}

const GB = 1e9

export function storage({ stored }: Bill, assumptions: Assumptions): Storage {
  const { users } = assumptions
  const messages = users * assumptions['messages-per-day']
  const groupShare = assumptions['group-share']
  const more = assumptions['text-bytes'] - stored.textBytes
  const copies = 2 + (assumptions['group-size'] - 2) * groupShare
  const perInbox = assumptions['messages-per-day'] * copies
  const inboxDays = Math.min(INBOX_DAYS, perInbox > 0 ? INBOX_MAX_ROWS / perInbox : INBOX_DAYS)
  const perPerson = (1 - groupShare) / 2 + groupShare / assumptions['group-size']
  const channels = users * assumptions.channels * perPerson
  const archivePerDay = (messages * (stored.messageInArchive + more)) / GB
  return {
    history: (messages * assumptions.days * (stored.messageInChannel + more)) / GB,
    inboxes: (users * perInbox * inboxDays * (stored.messageInInbox + more)) / GB,
    objects: (users * stored.userObject + channels * stored.channelObject) / GB,
    archive: archivePerDay * assumptions['archive-days'],
    archivePerDay,
    accounts: (users * stored.account) / GB,
    objectCount: users + channels,
  }
}
