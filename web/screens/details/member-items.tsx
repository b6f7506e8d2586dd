import type { Channel, Member, Role } from '../../../protocol/objects.ts'
import { may, removalOf } from '../../../protocol/permissions.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { AdminIcon, HandOverIcon, LeaveIcon } from '../../ui/icons.tsx'
import type { MenuItem } from '../../ui/menu-items.tsx'
import { isSelf } from '../../ui/names.ts'

/** What is asked about before it is done. */
export interface Asked {
  deed: 'remove' | 'handOver'
  member: Member
}

interface Options {
  channel: Channel
  member: Member
  run: (action: () => Promise<void>) => Promise<void>
  ask: (asked: Asked) => void
}

/** What one may do about a member of a group, by the table of rights. */
export function memberItems({ channel, member, run, ask }: Options): MenuItem[] {
  if (isSelf(member.userId) || member.role === 'owner') return []
  const words = laterText.details
  const setRole = (role: Role) => () =>
    void run(async () => void (await client.setRole(channel.channelId, member.userId, role)))
  const items: MenuItem[] = []
  if (may(channel, 'setRole')) {
    const isAdmin = member.role === 'admin'
    items.push({
      label: isAdmin ? words.makeMember : words.makeAdmin,
      icon: <AdminIcon />,
      onSelect: setRole(isAdmin ? 'member' : 'admin'),
    })
  }
  if (may(channel, 'handOver')) {
    items.push({
      label: words.handOver,
      icon: <HandOverIcon />,
      onSelect: () => ask({ deed: 'handOver', member }),
    })
  }
  if (may(channel, removalOf(member.role))) {
    items.push({
      label: words.removeMember,
      icon: <LeaveIcon />,
      danger: true,
      onSelect: () => ask({ deed: 'remove', member }),
    })
  }
  return items
}
