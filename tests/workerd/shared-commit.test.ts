import { describe, expect, it } from 'vitest'
import { SharedCommit } from '../../durable-objects/channel/shared-commit.ts'
import { fail } from '../../protocol/errors.ts'

/** A disk and an event loop that move when the test says so. */
function stage() {
  const commits: string[][] = []
  const waiting: { synced: (() => void)[]; turns: (() => void)[] } = { synced: [], turns: [] }
  const commit = new SharedCommit({
    decide: (sends) => {
      commits.push(sends.map(({ item }) => item.clientId))
      for (const pending of sends) pending.answer(fail('unavailable', 'nothing is stored here'))
    },
    synced: () => new Promise((resolve) => waiting.synced.push(resolve)),
    nextTurn: () => new Promise((resolve) => waiting.turns.push(resolve)),
  })
  const send = (clientId: string) =>
    commit.send('ana', { clientId, text: 'hi', replyTo: null }).then(({ ok }) => ok)
  const go = async (what: keyof typeof waiting): Promise<void> => {
    for (const resolve of waiting[what].splice(0)) resolve()
    await nothingLeft()
  }
  return { commit, commits, send, synced: () => go('synced'), turn: () => go('turns') }
}

/** Resolves once every promise that can go on has. */
function nothingLeft(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

describe('the shared commit', () => {
  it('writes a lone send at once', () => {
    const { commits, send } = stage()
    void send('a')
    expect(commits).toEqual([['a']])
  })

  it('lets what comes during a commit, and in the turn after it, share the next one', async () => {
    const { commits, send, synced, turn } = stage()
    for (const name of ['a', 'b', 'c']) void send(name)
    await synced()
    expect(commits).toEqual([['a']])
    await turn()
    expect(commits).toEqual([['a'], ['b', 'c']])
  })

  it('collects for a turn first where the last commit was shared', async () => {
    const { commits, send, synced, turn } = stage()
    for (const name of ['a', 'b', 'c']) void send(name)
    for (let i = 0; i < 2; i++) {
      await synced()
      await turn()
    }
    expect(commits).toEqual([['a'], ['b', 'c']])
    void send('d')
    await turn()
    expect(commits).toHaveLength(2)
    void send('e')
    await turn()
    expect(commits.at(-1)).toEqual(['d', 'e'])
  })

  it('waits for no turn once those of the last commit, and those who waited, are there', async () => {
    const { commits, send, synced, turn } = stage()
    for (const name of ['a', 'b', 'c']) void send(name)
    await synced()
    await turn()
    void send('d')
    await synced()
    for (const name of ['e', 'f']) {
      await nothingLeft()
      expect(commits).toEqual([['a'], ['b', 'c']])
      void send(name)
    }
    await nothingLeft()
    expect(commits.at(-1)).toEqual(['d', 'e', 'f'])
  })

  it('goes on collecting while each turn brings more of as many as the last commit carried', async () => {
    const { commits, send, synced, turn } = stage()
    for (const name of ['a', 'b', 'c', 'd']) void send(name)
    await synced()
    await turn()
    await synced()
    void send('e')
    await turn()
    void send('f')
    await turn()
    expect(commits).toHaveLength(2)
    void send('g')
    await turn()
    expect(commits.at(-1)).toEqual(['e', 'f', 'g'])
  })

  it('waits no longer where a turn brought nothing more', async () => {
    const { commits, send, synced, turn } = stage()
    for (const name of ['a', 'b', 'c', 'd']) void send(name)
    await synced()
    await turn()
    await synced()
    void send('e')
    await turn()
    await turn()
    expect(commits.at(-1)).toEqual(['e'])
  })

  it('does not wait for ever for the last of a steady trickle', async () => {
    const { commits, send, synced, turn } = stage()
    for (let i = 0; i < 100; i++) void send(`first ${i}`)
    await synced()
    await turn()
    await synced()
    let turns = 0
    while (commits.length < 3) {
      void send(`later ${turns++}`)
      await turn()
    }
    expect(turns).toBe(8)
  })

  it('writes what waits before anything that must not overtake it', async () => {
    const { commit, commits, send, synced, turn } = stage()
    void send('a')
    void send('b')
    commit.flush()
    expect(commits).toEqual([['a'], ['b']])
    await synced()
    await turn()
    expect(commits).toHaveLength(2)
  })

  it('fails each send of a commit that breaks, and goes on with the next', async () => {
    let breaks = true
    const commit = new SharedCommit({
      decide: (sends) => {
        if (breaks) throw new Error('the table is broken')
        for (const { answer } of sends) answer(fail('unavailable', 'nothing is stored here'))
      },
      synced: () => Promise.resolve(),
      nextTurn: () => nothingLeft(),
    })
    const item = { clientId: 'a', text: 'hi', replyTo: null }
    await expect(commit.send('ana', item)).rejects.toThrow('the table is broken')
    breaks = false
    expect((await commit.send('ana', item)).ok).toBe(false)
  })

  it('answers each send', async () => {
    const { send, synced, turn } = stage()
    const answers = [send('a'), send('b')]
    await synced()
    await turn()
    expect(await Promise.all(answers)).toEqual([false, false])
  })
})
