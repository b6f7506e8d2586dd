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

/** Registers the service worker, or brings it up to date; resolves once there is an active one. */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration> {
  // The page's Content-Security-Policy wants a script's address to come from a policy.
  address ??=
    window.trustedTypes
      ?.createPolicy('service-worker', { createScriptURL: () => SCRIPT })
      .createScriptURL(SCRIPT) ?? SCRIPT
  await navigator.serviceWorker.register(address, { updateViaCache: 'none' })
  return await navigator.serviceWorker.ready
}
