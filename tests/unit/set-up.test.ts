import { describe, expect, it } from 'vitest'
import { readDevArguments } from '../../scripts/dev-arguments.ts'
import { completeDevVars } from '../../scripts/dev-vars.ts'

describe('the secrets of development', () => {
  it('are drawn anew for each machine', () => {
    const first = completeDevVars(null) ?? ''
    expect(first).toMatch(/^ENVIRONMENT=development$/m)
    expect(first).toMatch(/^BETTER_AUTH_SECRET=[\w-]{43}$/m)
    expect(first).toMatch(/^MAIL_API_KEY=$/m)
    expect(first).toMatch(/^VAPID_PRIVATE_KEY=[\w-]{43}$/m)
    expect(completeDevVars(null)).not.toBe(first)
  })

  it('stay as they are once they are there', () => {
    expect(completeDevVars(completeDevVars(null))).toBeNull()
  })

  it('are added where an older file lacks them, without touching what it has', () => {
    const text = completeDevVars('CHANNEL_KEY=mine\nOTHER = x') ?? ''
    expect(text).toMatch(/^CHANNEL_KEY=mine\nOTHER = x\nENVIRONMENT=development\n/)
    expect(text.match(/CHANNEL_KEY/g)).toHaveLength(1)
  })
})

describe('the arguments of npm run dev', () => {
  const read = (...args: string[]) => readDevArguments(args, '/home/me', '/repo/.wrangler/state')

  it('choose port 8787 and the state of the folder by themselves', () => {
    expect(read()).toEqual({
      persistTo: '/repo/.wrangler/state',
      wrangler: ['--port', '8787', '--persist-to', '/repo/.wrangler/state'],
    })
  })

  it('go on to Wrangler, with the state folder as seen from where npm was called', () => {
    expect(read('--port', '8901', '--persist-to', 'state', '--var', 'RATE_LIMITS:off')).toEqual({
      persistTo: '/home/me/state',
      wrangler: '--persist-to /home/me/state --port 8901 --var RATE_LIMITS:off'.split(' '),
    })
    expect(read('--persist-to=/tmp/x', '--port=1').wrangler).toEqual([
      '--persist-to',
      '/tmp/x',
      '--port=1',
    ])
  })
})
