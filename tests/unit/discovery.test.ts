import { describe, expect, it } from 'vitest'
import { type Endpoint, greatCircleKm, placeOf, sortEndpoints } from '../../workers/discovery.ts'

const FRANKFURT = { latitude: 50.11, longitude: 8.68 }
const NEW_YORK = { latitude: 40.71, longitude: -74.01 }
const TOKYO = { latitude: 35.68, longitude: 139.69 }
const LOS_ANGELES = { latitude: 34.05, longitude: -118.24 }

function endpoint(region: string, place: typeof TOKYO, draining = false): Endpoint {
  return { url: `https://${region}.example.com`, region, ...place, draining }
}

const ENDPOINTS = [endpoint('eu', FRANKFURT), endpoint('us', NEW_YORK), endpoint('asia', TOKYO)]

function regions(endpoints: Endpoint[]): string[] {
  return endpoints.map(({ region }) => region)
}

describe('service discovery', () => {
  it('puts the nearest endpoint first', () => {
    expect(regions(sortEndpoints(ENDPOINTS, { latitude: 48.86, longitude: 2.35 }))).toEqual([
      'eu',
      'us',
      'asia',
    ])
    expect(regions(sortEndpoints(ENDPOINTS, { latitude: -33.87, longitude: 151.21 }))[0]).toBe(
      'asia',
    )
  })

  it('measures across the date line and not the long way round', () => {
    const hawaii = { latitude: 21.31, longitude: -157.86 }
    const sorted = sortEndpoints([endpoint('eu', FRANKFURT), endpoint('asia', TOKYO)], hawaii)
    expect(regions(sorted)).toEqual(['asia', 'eu'])
    expect(greatCircleKm(TOKYO, LOS_ANGELES)).toBeCloseTo(8815, -2)
  })

  it('puts draining endpoints last, however near they are', () => {
    const endpoints = [endpoint('eu', FRANKFURT, true), endpoint('us', NEW_YORK)]
    expect(regions(sortEndpoints(endpoints, FRANKFURT))).toEqual(['us', 'eu'])
  })

  it('keeps the configured order for a caller whose place is unknown, draining ones last', () => {
    const endpoints = [
      endpoint('asia', TOKYO, true),
      endpoint('us', NEW_YORK),
      endpoint('eu', FRANKFURT),
    ]
    expect(regions(sortEndpoints(endpoints, null))).toEqual(['us', 'eu', 'asia'])
  })

  it('reads the place that Cloudflare tells in texts, and nothing else', () => {
    expect(placeOf({ latitude: '50.11', longitude: '8.68' })).toEqual(FRANKFURT)
    expect(placeOf({ latitude: '', longitude: '8.68' })).toBeNull()
    expect(placeOf({ latitude: 'north', longitude: '8.68' })).toBeNull()
    expect(placeOf({})).toBeNull()
    expect(placeOf(undefined)).toBeNull()
  })
})
