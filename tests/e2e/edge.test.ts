import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, inject, it } from 'vitest'
import { Device } from './support/device.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

describe('the description of the API', () => {
  it('passes a public linter; the upgrades, which answer 101, are no `2XX`', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const source = await (await fetch(`${url}/openapi.json`)).text()
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    const complaints = problems.map(
      ({ ruleId, location }) => `${ruleId} ${location[0]?.pointer ?? ''}`,
    )
    expect(complaints.toSorted()).toEqual([
      'operation-2xx-response #/paths/~1v1~1channels~1{channelId}~1ws/get/responses',
      'operation-2xx-response #/paths/~1v1~1ws/get/responses',
    ])
  })

  it('can be read at /docs without anything from elsewhere', async () => {
    const page = await fetch(`${url}/docs/`)
    const html = await page.text()
    const files = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, file]) => file)
    expect(files).toContain('swagger-ui-bundle.js')
    for (const file of files) {
      const answer = await fetch(new URL(file ?? '', `${url}/docs/`))
      expect(answer.headers.get('content-type')).toMatch(/javascript|css/)
    }
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(html).not.toMatch(/<script>|https?:/)
  })
})

describe('pages', () => {
  it('come with a strict Content-Security-Policy, whatever their address', async () => {
    for (const path of ['/', '/reset?token=x', '/c/anything']) {
      const { headers, status } = await fetch(`${url}${path}`)
      expect(status).toBe(200)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })
})

describe('a device that is ended from another one', () => {
  it('has its sockets closed with 4401, and cannot open one again', async () => {
    const phone = await Person.signUp(url, 'ann')
    const laptop = await phone.logInAgain()
    const socketUrl = `${url.replace('http', 'ws')}/v1/ws`
    const bearer = (person: Person) => ({ authorization: `Bearer ${person.token}` })
    const socket = await Device.connect(socketUrl, bearer(phone))
    const answer = await fetch(`${url}/v1/devices`, { headers: bearer(laptop) })
    const { devices } = (await answer.json()) as {
      devices: { deviceId: string; current: boolean }[]
    }
    const { deviceId } = devices.find(({ current }) => !current) ?? {}
    await fetch(`${url}/v1/devices/${deviceId}`, { method: 'DELETE', headers: bearer(laptop) })
    expect((await socket.closing()).code).toBe(4401)
    await expect(Device.connect(socketUrl, bearer(phone))).rejects.toThrow('401')
  })
})
