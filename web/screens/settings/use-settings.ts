import { useEffect, useState } from 'preact/hooks'
import type { Settings } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { useAction } from '../../ui/use-action.ts'

export interface SettingsNow {
  /** Null until they are loaded. */
  settings: Settings | null
  /** Why they could not be loaded. */
  loadError: string | null
  /** Shown as chosen at once; what counts is what the server answers. Rejects with a ParleyError. */
  change(wanted: Partial<Settings>): Promise<void>
}

/** What one has decided, loaded once for all sections of the screen. */
export function useSettings(): SettingsNow {
  const [settings, setSettings] = useState<Settings | null>(null)
  const { error: loadError, run } = useAction()

  useEffect(() => void run(async () => setSettings(await client.people.settings())), [])

  async function change(wanted: Partial<Settings>) {
    if (settings !== null) setSettings({ ...settings, ...wanted })
    try {
      setSettings(await client.people.changeSettings(wanted))
    } catch (caught) {
      setSettings(settings)
      throw caught
    }
  }

  return { settings, loadError, change }
}
