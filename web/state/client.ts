import { ParleyClient } from '../../client/index.ts'
import { IndexedDbStore } from '../../client/indexed-db-store.ts'
import { windowsOutbox } from '../../client/shared-outbox.ts'
import { windowsLink } from '../../client/windows-link.ts'
import { newVersion } from './new-version.ts'

/** This device. The session is the cookie of the page's own origin. */
export const client = new ParleyClient({
  baseUrl: location.origin,
  session: 'cookie',
  store: new IndexedDbStore('parley', () => (newVersion.value = true)),
  sharedOutbox: windowsOutbox(),
  sharedLink: windowsLink(),
})
