/** What a scenario measured: values of at least three runs, in one unit. */
export interface Figure {
  name: string
  unit: string
  values: number[]
  p99?: number[]
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function show(figure: Figure): string {
  const range = `${round(Math.min(...figure.values))}–${round(Math.max(...figure.values))}`
  const p99 = figure.p99 ? `, p99 ${round(median(figure.p99))} ms` : ''
  return `${figure.name.padEnd(58)} ${String(round(median(figure.values))).padStart(9)} ${figure.unit} (${range})${p99}`
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100
}
