import { resolve } from 'node:path'

export interface DevArguments {
  /** Where Wrangler keeps its local state; migrations go to the same place. */
  persistTo: string
  /** For `wrangler dev`. */
  wrangler: string[]
}

const DEFAULT_PORT = '8787'

/**
 * Reads the arguments of `npm run dev`. All of them go on to `wrangler dev`; `--persist-to` is taken
 * as relative to `calledFrom`, the folder npm was called in, and without one it is `defaultState`.
 */
export function readDevArguments(
  args: readonly string[],
  calledFrom: string,
  defaultState: string,
): DevArguments {
  let persistTo = defaultState
  let hasPort = false
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--persist-to') persistTo = resolve(calledFrom, args[++i] ?? '.')
    else if (arg.startsWith('--persist-to=')) {
      persistTo = resolve(calledFrom, arg.slice('--persist-to='.length))
    } else {
      hasPort ||= arg === '--port' || arg.startsWith('--port=')
      rest.push(arg)
    }
  }
  const port = hasPort ? [] : ['--port', DEFAULT_PORT]
  return { persistTo, wrangler: [...port, '--persist-to', persistTo, ...rest] }
}
