/** Calls what was there before, with the same arguments or with others. */
type Call = (args?: unknown[]) => unknown

/** Replaces a method of an object. Fails if there is none: then the runtime is another one. */
export function wrap(
  object: object,
  name: string,
  around: (call: Call, self: unknown, args: unknown[]) => unknown,
): void {
  const original: unknown = Reflect.get(object, name)
  if (typeof original !== 'function') throw new Error(`nothing to count: there is no ${name}`)
  Object.defineProperty(object, name, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]) {
      const call: Call = (others = args) => Reflect.apply(original, this, others)
      return around(call, this, args)
    },
  })
}
