import type { Role } from './objects.ts'

/** What a member of a group may do. A DM has no such actions: its two members never change. */
export type GroupAction = 'add' | 'rename' | 'remove' | 'setRole' | 'deleteAny'

/** The one table of rights; the channel object checks it, clients show what it allows. */
export const GROUP_RIGHTS: Record<Role, readonly GroupAction[]> = {
  owner: ['add', 'rename', 'remove', 'setRole', 'deleteAny'],
  admin: ['add', 'rename', 'remove', 'deleteAny'],
  member: ['add'],
}

const RANK: Record<Role, number> = { owner: 2, admin: 1, member: 0 }

export function may(role: Role, action: GroupAction): boolean {
  return GROUP_RIGHTS[role].includes(action)
}

/** Whether `actor` stands above `target`, which removing somebody takes. */
export function outranks(actor: Role, target: Role): boolean {
  return RANK[actor] > RANK[target]
}

/** Whether a member may delete a message: their own always, others' as an admin of a group. */
export function mayDelete(role: Role, isOwn: boolean): boolean {
  return isOwn || may(role, 'deleteAny')
}
