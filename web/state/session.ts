import { signal } from '@preact/signals'
import { ParleyError } from '../../client/index.ts'
import type { PatchMe } from '../../protocol/http.ts'
import { userSchema, type User } from '../../protocol/objects.ts'
import { joinPath, navigate, route } from '../router.ts'
import { text } from '../text.ts'
import { client } from './client.ts'
import { forgetDrafts } from './drafts.ts'
import { forgetUnreadLines } from './unread-line.ts'
import type * as Pushes from './pushes.ts'
import { forgetKept, keep, kept, onKept, PUSHES_WANTED } from './kept.ts'
import { closeSearch } from './search.ts'
import { forgetStrangers } from './strangers.ts'

export type Session = { state: 'out'; notice: string | null } | { state: 'in'; me: User | null }

/**
 * That somebody has logged in here, which is no secret. Without it nothing is asked of the server, so
 * a logged-out page makes no request that could only fail.
 */
const HINT = 'loggedIn'
/** Which log-in this window is of: while it was asleep somebody may have logged out and in again in another. */
let login: string | null = null
/** That somebody once had an account here: they want to log in, not to sign up. */
const KNOWN = 'known'

/** One's own profile as it was last seen, for a start without a net. */
const ME = 'me'

/** The invite link that somebody followed before they had logged in. */
const INVITE = 'invite'

export const session = signal<Session>({ state: 'out', notice: null })

/** Whether this browser has seen a login before. */
export function isKnownBrowser(): boolean {
  return kept(KNOWN) !== null
}

/** After the login, or the sign-up, the link goes on to where it leads. */
export function rememberInvite(code: string): void {
  keep(INVITE, code)
}

/** What the sockets that close with the account are to say. */
let farewell: string | null = null

export function startSession(): void {
  client.on('ended', (reason) => {
    if (isOfAnother()) location.reload()
    else if (reason === 'unauthenticated')
      void loseSession(farewell ?? text.account.loggedOutElsewhere)
  })
  onKept(HINT, follow)
  // A page that was kept for going back to it is not told what happened meanwhile.
  addEventListener('pageshow', ({ persisted }) => persisted && follow())
  if (kept(HINT) !== null) enter()
}

/** What somebody did in another window, who has logged out or in again there, is done in this one. */
function follow(): void {
  if (kept(HINT) === null) void loseSession(null)
  else if (session.peek().state === 'out') enter()
  else if (isOfAnother()) {
    // Connected as somebody else it would clear the store, which is theirs by now.
    client.close()
    location.reload()
  }
}

function isOfAnother(): boolean {
  return kept(HINT) !== null && kept(HINT) !== login
}

/** After a login, or at the start when there was one. */
export function enter(): void {
  keep(HINT, kept(HINT) ?? String(Date.now()))
  login = kept(HINT)
  keep(KNOWN, '1')
  session.value = { state: 'in', me: keptMe() }
  // A link into a chat stays; a form has done its work.
  const code = kept(INVITE)
  keep(INVITE, null)
  if (['signUp', 'logIn', 'forgot'].includes(route.peek().name)) {
    navigate(code === null ? '/' : joinPath(code), true)
  }
  void client.connect()
  void loadMe()
}

export async function logOut(): Promise<void> {
  // First, so that a socket that closes with the session does not try to come back.
  client.close()
  try {
    await client.signOut()
  } catch (caught) {
    void client.connect()
    throw caught
  }
  await loseSession(null)
}

/** Deletes the account. Rejects with a ParleyError, `forbidden` for a wrong password. */
export async function deleteAccount(password: string): Promise<void> {
  farewell = text.account.deleted
  try {
    await client.account.delete(password)
    await loseSession(farewell)
    forgetKept()
  } finally {
    farewell = null
  }
}

export function me(): User | null {
  return session.value.state === 'in' ? session.value.me : null
}

/** Changes one's own profile. Rejects with a ParleyError. */
export async function changeMe(change: PatchMe): Promise<User> {
  const user = await client.account.changeProfile(change)
  if (session.peek().state === 'in') setMe(user)
  return user
}

function setMe(user: User): void {
  session.value = { state: 'in', me: user }
  keep(ME, JSON.stringify(user))
}

function keptMe(): User | null {
  try {
    return userSchema.safeParse(JSON.parse(kept(ME) ?? '')).data ?? null
  } catch {
    // None, or no JSON: the server tells.
    return null
  }
}

/** Most people have no notifications on a device, and load nothing for them. */
async function withPushes(work: (pushes: typeof Pushes) => Promise<void>): Promise<void> {
  try {
    await work(await import('./pushes.ts'))
  } catch {
    // Without a net, or as a version of the page that is gone: the next start makes it good.
  }
}

async function loadMe(): Promise<void> {
  try {
    const user = await client.account.me()
    if (session.peek().state !== 'in') return
    setMe(user)
    if (kept(PUSHES_WANTED) !== null) void withPushes(({ startPushes }) => startPushes(user.userId))
  } catch (caught) {
    const isOver = caught instanceof ParleyError && caught.code === 'unauthenticated'
    if (isOver) await loseSession(null)
    else setTimeout(() => session.peek().state === 'in' && void loadMe(), 5000)
  }
}

async function loseSession(notice: string | null): Promise<void> {
  if (session.peek().state === 'out') return
  client.close()
  if (kept(PUSHES_WANTED) !== null) void withPushes(({ endPushes }) => endPushes())
  closeSearch()
  forgetKept()
  forgetDrafts()
  forgetUnreadLines()
  forgetStrangers()
  keep(KNOWN, '1')
  session.value = { state: 'out', notice }
  navigate('/login', true)
  await client.forget()
}
