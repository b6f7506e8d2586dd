import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Endpoints } from '../../client/endpoints.ts'
import { Http } from '../../client/http.ts'

function http(answer: () => Response) {
  const answers: Response[] = []
  const fetch = () => {
    const response = answer()
    answers.push(response)
    return Promise.resolve(response)
  }
  const deps = { fetch, endpoints: new Endpoints('https://chat.example'), token: () => null }
  return { http: new Http({ ...deps, onToken: () => undefined }), answers }
}

describe('a call', () => {
  test('whose answer is ignored has read it to its end, for unread it would hold its connection', async () => {
    const { http: calls, answers } = http(() => Response.json({ channel: 'of no interest' }))
    await calls.send('PUT', '/v1/channels/c1/read')
    expect(answers.map(({ bodyUsed }) => bodyUsed)).toEqual([true])
  })

  test('whose answer is ignored and cut off has still been answered', async () => {
    const cut = () => new ReadableStream({ pull: (stream) => stream.error(new Error('cut off')) })
    const { http: calls } = http(() => new Response(cut()))
    await expect(calls.send('DELETE', '/v1/devices/d1')).resolves.toBeUndefined()
  })

  test('that is refused rejects with the code, whether or not anybody wants the answer', async () => {
    const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'forbidden' }
    const refuse = () => Response.json({ ...problem, detail: 'No.' }, { status: 403 })
    const { http: calls } = http(refuse)
    const code = { code: 'forbidden', status: 403 }
    await expect(calls.send('PUT', '/v1/me')).rejects.toMatchObject(code)
    await expect(calls.call('GET', '/v1/me', z.unknown())).rejects.toMatchObject(code)
  })
})
