import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'

/** In place of the composer while one has blocked the other. */
export function BlockedBar({ userId, name }: { userId: string; name: string }) {
  const { busy, error, run } = useAction()
  return (
    <div class="composer-closed">
      <p>
        {text.people.youBlocked(name)}{' '}
        <button
          type="button"
          class="text-button"
          disabled={busy}
          onClick={() => void run(async () => void (await client.people.unblock(userId)))}
        >
          {text.people.unblock}
        </button>
      </p>
      <ErrorLine error={error} />
    </div>
  )
}
