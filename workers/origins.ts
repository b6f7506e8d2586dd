import type { Settings } from './settings.ts'

/**
 * The origins that count as this deployment's own for a request to `url`: in production those that
 * the operator named, in development loopback at the port that is served.
 */
export function ourOrigins(settings: Settings, url: string): string[] {
  if (settings.production) return settings.publicOrigins
  const { port } = new URL(url)
  const suffix = port === '' ? '' : `:${port}`
  return [`http://localhost${suffix}`, `http://127.0.0.1${suffix}`]
}

/**
 * The origin that links and cookies are made for: the request's own if it is one of ours, else the
 * first of ours. A forged `Host` therefore never gets into an e-mail.
 */
export function publicOrigin(settings: Settings, url: string): string {
  const ours = ourOrigins(settings, url)
  const { origin } = new URL(url)
  return ours.includes(origin) ? origin : (ours[0] ?? origin)
}

/** Whether the `Origin` header names one of ours. Without the header: no. */
export function isOurOrigin(
  settings: Settings,
  request: { url: string; headers: { get(name: string): string | null } },
): boolean {
  const origin = request.headers.get('origin')
  return origin !== null && ourOrigins(settings, request.url).includes(origin)
}
