import { readFileSync } from 'node:fs'
import * as z from 'zod'

/**
 * `node scripts/test-summary.ts REPORT STATUS`: says in one last line how the tests went. Fails if one
 * failed or was skipped, if none ran, or if the runner itself ended with another STATUS than 0.
 */

const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  numFailedTestSuites: z.int(),
})

const [file = '', status = '1'] = process.argv.slice(2)
const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const passed = report.numPassedTests
const failed = report.numFailedTests
const skipped = report.numPendingTests + report.numTodoTests
if (Number(status) !== 0) console.log(`\nThe test runner ended with status ${status}.`)
if (skipped > 0) console.log('\nA skipped test shows nothing: it counts as a failure here.')
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = Number(status) === 0 && passed > 0 && failed + skipped === 0 ? 0 : 1
