import { useState } from 'preact/hooks'
import type { Channel, Member } from '../../../protocol/objects.ts'
import { personPath } from '../../router.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Face } from '../../ui/face.tsx'
import { MoreIcon } from '../../ui/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { Menu } from '../../ui/menu.tsx'
import { isSelf } from '../../ui/names.ts'
import { useAction } from '../../ui/use-action.ts'
import { memberItems, type Asked } from './member-items.tsx'
import { MemberDialog } from './member-dialog.tsx'

/** Who is in a group and as what, and what one may do about it. */
export function Members({ channel }: { channel: Channel }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const { error, run } = useAction()
  const words = laterText.details

  return (
    <section class="details-section">
      <h2>{words.members}</h2>
      <ErrorLine error={error} />
      <ul aria-label={words.members}>
        {(channel.members ?? []).map((member) => (
          <MemberRow key={member.userId} member={member}>
            {memberItems({ channel, member, run, ask: setAsked })}
          </MemberRow>
        ))}
      </ul>
      {asked !== null && (
        <MemberDialog channel={channel} asked={asked} onClose={() => setAsked(null)} />
      )}
    </section>
  )
}

interface RowProps {
  member: Member
  children: ReturnType<typeof memberItems>
}

function MemberRow({ member, children: items }: RowProps) {
  const words = laterText.details
  return (
    <li class="person-row">
      <Link href={personPath(member.userId)} class="person-link">
        <Face {...member} size={32} />
        <span class="person-text">
          <span class="person-name" dir="auto">
            {member.name} {isSelf(member.userId) && words.you}
          </span>
          <span class="person-handle">
            {member.handle !== null && `@${member.handle}`}
            {member.role !== 'member' && ` · ${words[member.role]}`}
          </span>
        </span>
      </Link>
      {items.length > 0 && (
        <Menu label={words.memberMenu(member.name)} icon={<MoreIcon />} items={items} />
      )}
    </li>
  )
}
