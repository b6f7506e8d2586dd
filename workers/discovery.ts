import * as z from 'zod'

/** Service discovery: which endpoint a caller should try first. */

export const endpointSchema = z.object({
  url: z.url(),
  region: z.string().min(1),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  draining: z.boolean().default(false),
})
export type Endpoint = z.output<typeof endpointSchema>

export interface Place {
  latitude: number
  longitude: number
}

/**
 * The endpoints, nearest to the caller first and those marked draining last. Without a place the
 * configured order stays, draining ones last all the same. Equal ones keep their order.
 */
export function sortEndpoints(endpoints: readonly Endpoint[], caller: Place | null): Endpoint[] {
  const ranked = endpoints.map((endpoint) => ({
    endpoint,
    distance: caller === null ? 0 : greatCircleKm(caller, endpoint),
  }))
  ranked.sort(
    (a, b) => Number(a.endpoint.draining) - Number(b.endpoint.draining) || a.distance - b.distance,
  )
  return ranked.map(({ endpoint }) => endpoint)
}

const EARTH_RADIUS_KM = 6371

/** Haversine distance. */
export function greatCircleKm(from: Place, to: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const dLatitude = radians(to.latitude - from.latitude)
  const dLongitude = radians(to.longitude - from.longitude)
  const a =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(radians(from.latitude)) *
      Math.cos(radians(to.latitude)) *
      Math.sin(dLongitude / 2) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(a)))
}

const degrees = z.string().min(1).transform(Number).pipe(z.number())
const placeSchema = z.object({ latitude: degrees, longitude: degrees })

/** The caller's place as `request.cf` tells it, in texts of degrees, or null where it does not. */
export function placeOf(cf: unknown): Place | null {
  return placeSchema.safeParse(cf).data ?? null
}
