import lighthouse, { desktopConfig, type Flags, type Result } from 'lighthouse'

/** How a page is loaded: by a telephone over slow 4G, or by a desktop computer over a quick line. */
export type FormFactor = 'mobile' | 'desktop'

export interface Verdict {
  /** Where the page was in the end. */
  url: string
  /** From 0 to 100. */
  accessibility: number
  bestPractices: number
  /** What of these two is not as it should be, counted in the score or not: what is wrong, and where. */
  failed: string[]
  /** The score for performance, and the figures it is made of. */
  performance: string
}

const METRICS = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'speed-index',
  'total-blocking-time',
  'cumulative-layout-shift',
]

/** For the first content: a slow machine under load is no error. */
const FIRST_CONTENT_MS = 60_000

/** More of what is wrong than this nobody reads. */
const MAX_DETAILS = 2_000

/**
 * Has Lighthouse load a page in a window of its own, in the browser that listens at `port`. The HTTP cache and the
 * service worker are gone before that, as for a first visit; cookies and databases stay, and so does a login.
 */
export async function verdict(port: number, url: string, factor: FormFactor): Promise<Verdict> {
  const flags: Flags = {
    port,
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
    maxWaitForFcp: FIRST_CONTENT_MS,
    locale: 'en',
    logLevel: 'error',
  }
  const result = await lighthouse(url, flags, factor === 'desktop' ? desktopConfig : undefined)
  if (result === undefined) throw new Error(`Lighthouse has no result for ${url}`)
  const { lhr } = result
  if (lhr.runtimeError) throw new Error(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`)
  const figures = METRICS.map((id) => `${id} ${lhr.audits[id]?.displayValue ?? 'none'}`)
  return {
    url: lhr.finalDisplayedUrl,
    accessibility: score(lhr, 'accessibility'),
    bestPractices: score(lhr, 'best-practices'),
    failed: [...failures(lhr, 'accessibility'), ...failures(lhr, 'best-practices')],
    performance: `${score(lhr, 'performance')} (${figures.join(', ')})`,
  }
}

/** NaN if one of the audits could not be made. */
function score(lhr: Result, category: string): number {
  return Math.round((lhr.categories[category]?.score ?? Number.NaN) * 100)
}

function failures(lhr: Result, category: string): string[] {
  const audits = lhr.categories[category]?.auditRefs.map(({ id }) => lhr.audits[id]) ?? []
  return audits.flatMap((audit) => {
    if (audit === undefined) return []
    const { id, title, score: of, scoreDisplayMode, errorMessage, details } = audit
    const found: object[] = details !== undefined && 'items' in details ? details.items : []
    // What only informs, as that of security headers, counts as passed whatever it says.
    const isGrave = found.some((item) => 'severity' in item && item.severity === 'High')
    // Without a score are those that have nothing to look at here, or want a person to look.
    const isBad = of === null ? scoreDisplayMode === 'error' : of < 1
    if (!isBad && !isGrave) return []
    return [`${id}: ${title}: ${errorMessage ?? JSON.stringify(found).slice(0, MAX_DETAILS)}`]
  })
}
