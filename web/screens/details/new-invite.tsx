import { useState } from 'preact/hooks'
import type { CreateInvite } from '../../../protocol/http.ts'
import { laterText } from '../../later-text.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const DAYS = [1, 7, 30]
const USES = [1, 10, 100]

interface Props {
  busy: boolean
  onMake: (limits: CreateInvite) => void
}

/** How long a new link is to count, and how often. */
export function NewInvite({ busy, onMake }: Props) {
  const [days, setDays] = useState(7)
  const [uses, setUses] = useState(0)
  const words = laterText.invites

  function make(event: Event) {
    event.preventDefault()
    onMake({
      expiresAt: days === 0 ? null : Date.now() + days * DAY_MS,
      maxUses: uses === 0 ? null : uses,
    })
  }

  return (
    <form class="new-invite" onSubmit={make}>
      <label>
        {words.expires}
        <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          <option value={0}>{words.never}</option>
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {words.days(count)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.limit}
        <select value={uses} onChange={(event) => setUses(Number(event.currentTarget.value))}>
          <option value={0}>{words.noLimit}</option>
          {USES.map((count) => (
            <option key={count} value={count}>
              {words.people(count)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button" disabled={busy}>
        {words.make}
      </button>
    </form>
  )
}
