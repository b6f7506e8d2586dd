import { useEffect, useRef, useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { saveAs } from '../../state/save-as.ts'
import { wordsFor } from '../../state/words-for-errors.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { DownloadIcon } from '../../ui/icons.tsx'
import { channelName } from '../../ui/names.ts'

/** As often as progress is worth a new picture. */
const SHOW_EVERY = 200

/** Saves all messages of a chat as a file, and shows how far that is. */
export function ExportButton({ channel }: { channel: Channel }) {
  const [percent, setPercent] = useState<number | null>(null)
  const [saved, setSaved] = useState<number | null>(null)
  const [error, setError] = useState<string | null>(null)
  const running = useRef<AbortController | null>(null)
  const words = laterText.details
  useEffect(() => () => running.current?.abort(), [])

  async function save(): Promise<void> {
    const { signal } = (running.current = new AbortController())
    // Ids only rise: how far the last one is says how far all of it is.
    const newest = channel.lastMessage?.messageId ?? 1
    const lines: string[] = []
    setPercent(0)
    setSaved(null)
    setError(null)
    try {
      for await (const message of client.export(channel.channelId, signal)) {
        lines.push(`${JSON.stringify(message)}\n`)
        if (lines.length % SHOW_EVERY !== 0) continue
        setPercent(Math.min(99, Math.floor((100 * message.messageId) / newest)))
      }
      saveAs(`${channelName(channel)}.jsonl`, lines)
      setSaved(lines.length)
    } catch (caught) {
      if (!signal.aborted) setError(wordsFor(caught))
    } finally {
      setPercent(null)
    }
  }

  return (
    <div class="export">
      <button
        type="button"
        class="row-button"
        disabled={percent !== null}
        onClick={() => void save()}
      >
        <DownloadIcon />
        {percent === null ? words.export : words.exporting(percent)}
      </button>
      {percent !== null && (
        <button type="button" class="text-button" onClick={() => running.current?.abort()}>
          {words.cancelExport}
        </button>
      )}
      {percent !== null && <progress max={100} value={percent} aria-label={words.export} />}
      <p class="note" role="status">
        {saved !== null && words.exported(saved)}
      </p>
      <ErrorLine error={error} />
    </div>
  )
}
