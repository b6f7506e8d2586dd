import { signal } from '@preact/signals'
import { client } from './client.ts'

const writers = signal<ReadonlyMap<string, readonly string[]>>(new Map())

client.on('typing', ({ channelId, userIds }) => {
  writers.value = new Map([...writers.value, [channelId, userIds]])
})

/** Who is writing in an open chat, by user id; followed by the component that asks. */
export function writersIn(channelId: string): readonly string[] {
  return writers.value.get(channelId) ?? []
}
