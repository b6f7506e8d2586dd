/**
 * What of zod the page never calls is left out of its build: schemas made into JSON Schema, messages in
 * English (the page has words of its own for what is wrong), support for values that contain themselves, the
 * formats as methods of strings, `z.string().email()`, of which `z.email()` is the better way, and rare kinds of
 * schema. All of it hangs on every schema, so that no bundler can tell that nobody uses it.
 */
const UNUSED: Record<string, string> = {
  'core/json-schema-processors.js': `
    export const aggregateChecks = () => ({})
    export const allProcessors = {}
    export const toJSONSchema = unused`,
  'core/to-json-schema.js': `
    export const createToJSONSchemaMethod = () => unused
    export const createStandardJSONSchemaMethod = () => unused
    export const initializeContext = unused
    export const processSchema = unused
    export { processSchema as process }
    export const handleUnrepresentable = unused
    export const extractDefs = unused
    export const finalize = unused`,
  'core/memoizer.js': `
    export const memoizer = () => undefined
    export const isBackEdge = () => false
    export const isRecursiveSchema = () => false`,
  'locales/en.js': `
    export default () => ({ localeError: () => undefined })`,
}
/** Methods of schemas that nothing in `protocol/` and `client/` calls; each holds on to kinds of schemas and checks. */
const METHODS = [
  'and or prefault exactOptional nonoptional readonly catch validate validateAsync toJSONSchema',
  'parseAsync safeParseAsync encode decode encodeAsync decodeAsync',
  'safeEncode safeDecode safeEncodeAsync safeDecodeAsync',
  'includes startsWith endsWith nonempty lowercase uppercase toUpperCase slugify normalize',
  'multipleOf step positive negative nonpositive nonnegative finite safe gt lt',
  'keyof strict loose safeExtend merge pick omit required catchall passthrough',
].flatMap((line) => line.split(' '))
const METHOD = new RegExp(
  `^ {4}(?:async )?(?:${METHODS.join('|')})(?:: (?:async )?function \\w+)?\\([^)]*\\) \\{\\n(?: {8}.*\\n)+? {4}\\},\\n`,
  'gm',
)
const FORMAT =
  /^ {4}\w+\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},\n/gm
const WHY = 'this part of zod is left out of the page (scripts/slim-zod.ts)'

/** A plugin of Vite. */
export function slimZod() {
  return {
    name: 'slim-zod',
    load(id: string): string | null {
      const [, path] = /\/zod\/v4\/(.*\.js)$/.exec(id.replaceAll('\\', '/')) ?? []
      const stand = path === undefined ? undefined : UNUSED[path]
      if (stand === undefined) return null
      return `const unused = () => { throw new Error(${JSON.stringify(WHY)}) }\n${stand}\n`
    },
    transform(code: string, id: string): string | null {
      if (!id.endsWith('/zod/v4/classic/schemas.js')) return null
      const slim = code.replace(FORMAT, '').replace(METHOD, '')
      if (slim === code) throw new Error('zod has changed: look at scripts/slim-zod.ts again')
      return slim
    },
  }
}
