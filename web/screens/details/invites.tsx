import { useEffect, useState } from 'preact/hooks'
import type { Channel, Invite } from '../../../protocol/objects.ts'
import { joinPath } from '../../router.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { CloseIcon, CopyIcon, LinkIcon } from '../../ui/icons.tsx'
import { fullTime } from '../../ui/time.ts'
import { useAction } from '../../ui/use-action.ts'
import { NewInvite } from './new-invite.tsx'

/** The links by which people join a group: made, copied, taken back. */
export function Invites({ channel }: { channel: Channel }) {
  const { channelId } = channel
  const [invites, setInvites] = useState<Invite[]>([])
  const [copied, setCopied] = useState<string | null>(null)
  const { busy, error, run } = useAction()
  const words = laterText.invites

  const load = async () => setInvites(await client.invites.list(channelId))
  useEffect(() => void run(load), [channelId])

  async function copy({ code }: Invite) {
    await navigator.clipboard?.writeText(new URL(joinPath(code), location.origin).href)
    setCopied(code)
  }

  return (
    <section class="details-section">
      <h2>{words.title}</h2>
      <ErrorLine error={error} />
      <ul aria-label={words.title}>
        {invites.map((invite) => (
          <li key={invite.code} class="person-row invite">
            <LinkIcon />
            <span class="person-text">
              <span class="invite-code">{invite.code}</span>
              <span class="person-handle">
                {copied === invite.code ? words.copied : limitsOf(invite)}
              </span>
            </span>
            <button
              type="button"
              class="icon-button"
              aria-label={words.copy}
              onClick={() => void copy(invite)}
            >
              <CopyIcon />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={words.revoke}
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  await client.invites.revoke(channelId, invite.code)
                  await load()
                })
              }
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
      <NewInvite
        busy={busy}
        onMake={(limits) =>
          void run(async () => {
            await client.invites.create(channelId, limits)
            await load()
          })
        }
      />
    </section>
  )
}

function limitsOf({ uses, maxUses, expiresAt }: Invite): string {
  const words = laterText.invites
  const used = maxUses === null ? words.used(uses) : words.usedOf(uses, maxUses)
  return expiresAt === null ? used : words.until(used, fullTime(expiresAt))
}
