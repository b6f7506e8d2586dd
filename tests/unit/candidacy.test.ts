import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Candidacy } from '../../client/shared-link/candidacy.ts'
import { settle } from './client-fakes.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a window that may not take over waits for its turn again, and may try again', async () => {
  const asked: string[] = []
  const candidacy = new Candidacy({
    windows: {
      enter: () => Promise.reject(new Error('not asked for')),
      gone: () => Promise.reject(new Error('not asked for')),
      lead: (_work, signal) => {
        asked.push('lead')
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('given up'))),
        )
      },
      takeOver: () => {
        asked.push('take over')
        return Promise.reject(new Error('refused'))
      },
      onSleep: () => undefined,
    },
    onLead: () => undefined,
    onRobbed: () => undefined,
  })
  candidacy.wait()
  candidacy.takeOver()
  await settle()
  candidacy.takeOver()
  await settle()
  candidacy.end()
  await settle()
  expect(asked).toEqual(['lead', 'take over', 'lead', 'take over', 'lead'])
})
