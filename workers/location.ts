/** Where a new object is to be made: near the person who first needs it. */

const BY_CONTINENT: Record<ContinentCode, DurableObjectLocationHint> = {
  AF: 'afr',
  AN: 'oc',
  AS: 'apac',
  EU: 'weur',
  NA: 'enam',
  OC: 'oc',
  SA: 'sam',
}

/** East of this longitude Europe is served from its east, west of that America from its west. */
const EAST_EUROPE_FROM = 15
const WEST_AMERICA_UNTIL = -100
/** Western Asia lies nearer to the Middle East's data centres than to those of the far east. */
const MIDDLE_EAST_UNTIL = 60

type ContinentCode = 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA'

/** The location hint for a caller, from what Cloudflare tells of a request; none if it tells nothing. */
export function locationHint(request: Request): DurableObjectLocationHint | undefined {
  const { continent, longitude } = placeOf(request)
  if (continent === undefined) return undefined
  if (longitude !== null) {
    if (continent === 'EU' && longitude >= EAST_EUROPE_FROM) return 'eeur'
    if (continent === 'NA' && longitude <= WEST_AMERICA_UNTIL) return 'wnam'
    if (continent === 'AS' && longitude <= MIDDLE_EAST_UNTIL) return 'me'
  }
  return BY_CONTINENT[continent]
}

function placeOf(request: Request): {
  continent: ContinentCode | undefined
  longitude: number | null
} {
  const cf = request.cf
  const continent = typeof cf?.['continent'] === 'string' ? cf['continent'] : ''
  const longitude = typeof cf?.['longitude'] === 'string' ? Number(cf['longitude']) : Number.NaN
  return {
    continent: isContinent(continent) ? continent : undefined,
    longitude: Number.isFinite(longitude) ? longitude : null,
  }
}

function isContinent(code: string): code is ContinentCode {
  return code in BY_CONTINENT
}
