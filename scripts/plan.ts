import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { billSchema } from '../bench/usage.ts'
import { assume, NAMES } from './planning/assumptions.ts'
import { makePlan } from './planning/plan.ts'
import { show } from './planning/show.ts'
import { ROOT, stop } from './tools.ts'

/**
 * `npm run plan -- --users 50e6`: what the counts of the bench (`bench/bill.json`) mean for so many people, in
 * load, storage, money and limits. Without options it prints its assumptions, each of which is one.
 */

const assumptions = assume(given())
if (typeof assumptions === 'string') stop(assumptions)
const bill = billSchema.parse(JSON.parse(readFileSync(join(ROOT, 'bench', 'bill.json'), 'utf8')))
console.log(show(makePlan(bill, assumptions), assumptions))

function given(): Record<string, string> {
  try {
    const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' } as const]))
    const { values } = parseArgs({ options })
    return Object.fromEntries(
      Object.entries(values).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    )
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error))
  }
}
