import type { ChannelKind, Role } from './objects.ts'

/** What somebody is in a channel: a role of a group, or one of the people of a DM. */
export type Standing = Role | 'dm'

/** The columns of the table. */
export const STANDINGS: readonly Standing[] = ['owner', 'admin', 'member', 'dm']

interface Right {
  /** For people, as in "may …". */
  does: string
  who: readonly Standing[]
}

const ADMINS = ['owner', 'admin'] as const
const GROUP = ['owner', 'admin', 'member'] as const

/**
 * The one table of rights: every action, and who may do it. The channel object checks it before it
 * writes, clients show what it allows, docs/permissions.md is held to it by a test. Whoever is not in a
 * channel, not yet or not any more, may do none of it and is answered `not_found`.
 */
export const RIGHTS = {
  read: { does: 'read all of the history, also from before joining', who: STANDINGS },
  send: { does: 'send, reply, show that they are writing', who: STANDINGS },
  react: { does: 'react to a message, take the reaction back', who: STANDINGS },
  editOwn: { does: 'edit their own text', who: STANDINGS },
  editOthers: { does: "edit somebody else's text", who: [] },
  deleteOwn: { does: 'delete their own message for everyone', who: STANDINGS },
  deleteOthers: { does: "delete somebody else's message for everyone", who: ADMINS },
  mentionAll: { does: 'mention everyone with `@all`', who: ADMINS },
  add: { does: 'add a person', who: GROUP },
  invite: { does: 'make, list and revoke invite links', who: ADMINS },
  rename: { does: 'change the title', who: ADMINS },
  removeMember: { does: 'remove a member', who: ADMINS },
  removeAdmin: { does: 'remove an admin', who: ['owner'] },
  removeOwner: { does: 'remove the owner', who: [] },
  setRole: { does: 'make a member an admin, or an admin a member', who: ['owner'] },
  handOver: { does: 'hand the group over to another member', who: ['owner'] },
  leave: { does: 'leave (the owner then hands over)', who: GROUP },
  settings: { does: 'mute, hide or mark the chat as unread, for themselves', who: STANDINGS },
} as const satisfies Record<string, Right>

export type Action = keyof typeof RIGHTS

/** Whether somebody in a channel may do this; `who` is a Channel as they see it, or the like of it. */
export function may(who: { kind: ChannelKind; role: Role }, action: Action): boolean {
  const standings: readonly Standing[] = RIGHTS[action].who
  return standings.includes(who.kind === 'dm' ? 'dm' : who.role)
}

const REMOVING = { owner: 'removeOwner', admin: 'removeAdmin', member: 'removeMember' } as const

/** What it takes to remove somebody with this role. */
export function removalOf(role: Role): Action {
  return REMOVING[role]
}
