import { parseSettings, type Settings, type SettingsCheck } from './settings.ts'

/** The settings of this deployment, parsed once per isolate. */

const checked = new WeakMap<Env, SettingsCheck>()

/** The check of this isolate's `env`, made once; faults are logged then. */
export function checkSettings(env: Env): SettingsCheck {
  const known = checked.get(env)
  if (known !== undefined) return known
  const check = parseSettings({ ...env })
  if (!check.ok) console.error(`refusing to serve: ${check.faults.join('; ')}`)
  checked.set(env, check)
  return check
}

/** The settings. Requests get here only past `requireSettings`, so a fault is a bug by then. */
export function settingsOf(env: Env): Settings {
  const check = checkSettings(env)
  if (!check.ok) throw new Error(`settings: ${check.faults.join('; ')}`)
  return check.settings
}
