import type { Store } from './store.ts'

/**
 * A store that may be full, broken or switched off: what it fails to keep is lost at the next start,
 * and nothing else is. `saveSync` still rejects, for no cursor may be stored after a gap, and so does `saveOutgoing`,
 * for nobody may be told that it is kept.
 */
export function tolerant(store: Store): Store {
  return {
    load: () => store.load().catch(() => NOTHING),
    saveUser: (userId) => store.saveUser(userId).catch(lost),
    saveSync: (frame, from) => store.saveSync(frame, from),
    saveChannel: (channel) => store.saveChannel(channel).catch(lost),
    saveRecent: (recent) => store.saveRecent(recent).catch(lost),
    saveOutgoing: (outgoing) => store.saveOutgoing(outgoing),
    deleteOutgoing: (clientId) => store.deleteOutgoing(clientId).catch(lost),
    clear: () => store.clear().catch(lost),
  }
}

const NOTHING = { userId: null, cursor: 0, channels: [], contacts: [], recent: [], outgoing: [] }

function lost(): void {}
