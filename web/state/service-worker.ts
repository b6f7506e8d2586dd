import { ParleyError } from '../../client/index.ts'

const SCRIPT = '/service-worker.js'

/** Not in TypeScript's library yet. Where there is none, a text will do. */
interface TrustedTypes {
  /** What comes out stands for a text wherever one is asked for. */
  createPolicy(
    name: string,
    rules: { createScriptURL(): string },
  ): { createScriptURL(input: string): string }
}

declare global {
  interface Window {
    trustedTypes?: TrustedTypes
  }
}

let address: string | null = null

/**
 * Registers the service worker, or looks for a new version of it; resolves once one is active. Rejects with a
 * ParleyError if its script or the files that it keeps could not be loaded.
 */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration> {
  // The page's Content-Security-Policy wants a script's address to come from a policy.
  address ??=
    window.trustedTypes
      ?.createPolicy('service-worker', { createScriptURL: () => SCRIPT })
      .createScriptURL(SCRIPT) ?? SCRIPT
  const registration = await navigator.serviceWorker.register(address, { updateViaCache: 'none' })
  const first = registration.active === null ? registration.installing : null
  if (first !== null) await settled(first)
  return await navigator.serviceWorker.ready
}

function settled(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === 'activated') resolve()
      if (worker.state !== 'redundant') return
      reject(new ParleyError({ code: 'network', detail: 'The service worker did not install.' }))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}
