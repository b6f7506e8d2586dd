import { useState } from 'preact/hooks'
import type { Channel, Member } from '../../../protocol/objects.ts'
import { may, removalOf } from '../../../protocol/permissions.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { isSelf } from '../../ui/names.ts'

export function Members({ channel }: { channel: Channel }) {
  const [removing, setRemoving] = useState<Member | null>(null)
  const words = text.details

  return (
    <section class="details-section">
      <h2>{words.members}</h2>
      <ul aria-label={words.members}>
        {(channel.members ?? []).map((member) => (
          <li key={member.userId} class="person-row">
            <Avatar id={member.userId} name={member.name} size={32} />
            <span class="person-text">
              <span class="person-name" dir="auto">
                {member.name} {isSelf(member.userId) && words.you}
              </span>
              <span class="person-handle">
                {member.handle !== null && `@${member.handle}`}
                {member.role !== 'member' && ` · ${words[member.role]}`}
              </span>
            </span>
            {canRemove(channel, member) && (
              <button
                type="button"
                class="icon-button"
                aria-label={words.removeMember(member.name)}
                onClick={() => setRemoving(member)}
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      {removing !== null && (
        <ConfirmDialog
          title={words.removeTitle(removing.name)}
          body={words.removeBody(removing.name, channel.title ?? '')}
          confirm={text.group.remove(removing.name)}
          action={() => client.removeMember(channel.channelId, removing.userId)}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  )
}

function canRemove(channel: Channel, member: Member): boolean {
  if (isSelf(member.userId)) return false
  return may(channel, removalOf(member.role))
}
