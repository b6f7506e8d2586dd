import { useEffect, useState } from 'preact/hooks'
import type { Device } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { DeviceIcon } from '../../ui/icons.tsx'
import { listTime } from '../../ui/time.ts'
import { useAction } from '../../ui/use-action.ts'
import { deviceName } from './device-name.ts'

export function Devices() {
  const [devices, setDevices] = useState<Device[]>([])
  const [ending, setEnding] = useState<Device | null>(null)
  const { error, run } = useAction()
  const words = laterText.settings

  const load = () => run(async () => setDevices(await client.account.devices()))
  useEffect(() => void load(), [])

  return (
    <section aria-labelledby="settings-devices">
      <h2 id="settings-devices">{words.devices}</h2>
      <p class="settings-hint">{words.devicesHint}</p>
      <ErrorLine error={error} />
      <ul class="devices" aria-labelledby="settings-devices">
        {devices.map((device) => (
          <li key={device.deviceId} class="person-row">
            <DeviceIcon />
            <span class="person-text">
              <span class="person-name">{deviceName(device.userAgent)}</span>
              <span class="person-handle">
                {device.current ? words.thisDevice : words.lastUsed(listTime(device.lastUsedAt))}
              </span>
            </span>
            {!device.current && (
              <button
                type="button"
                class="button"
                aria-label={words.endDevice(deviceName(device.userAgent))}
                onClick={() => setEnding(device)}
              >
                {words.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {ending !== null && (
        <ConfirmDialog
          title={words.endTitle(deviceName(ending.userAgent))}
          body={words.endBody}
          confirm={words.endConfirm}
          action={async () => {
            await client.account.endDevice(ending.deviceId)
            await load()
          }}
          onClose={() => setEnding(null)}
        />
      )}
    </section>
  )
}
