import * as z from 'zod'
import { canonicalEmoji } from './emoji.ts'
import {
  MAX_BIO_LENGTH,
  MAX_CLIENT_ID_LENGTH,
  MAX_HANDLE_LENGTH,
  MAX_IMAGE_URL_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_TITLE_LENGTH,
  MIN_HANDLE_LENGTH,
} from './limits.ts'
import { ALL_MEMBERS, countCodePoints } from './text.ts'

/** The small parts that frames, bodies and objects are made of. */

export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id is 1 to 64 letters, digits, _ or -')
export const messageIdSchema = z.int().min(1)
export const versionSchema = z.int().min(0)
export const timeSchema = z.int().min(0).describe('Unix milliseconds')

/** A text without lone surrogates, which could be neither stored nor sent as UTF-8. */
const wellFormed = z.string().refine((text) => text.isWellFormed(), 'lone surrogate')

/** Control characters, line ends and what turns the direction of what stands beside it. */
const UNFIT_FOR_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

function line(max: number) {
  return wellFormed
    .trim()
    .refine((text) => countCodePoints(text, max) <= max, `at most ${max} characters`)
    .refine((text) => text.length > 0, 'empty')
    .refine((text) => !UNFIT_FOR_A_LINE.test(text), 'control characters')
}

export const clientIdSchema = wellFormed.refine(
  (id) => id.length > 0 && countCodePoints(id, MAX_CLIENT_ID_LENGTH) <= MAX_CLIENT_ID_LENGTH,
  `a clientId has 1 to ${MAX_CLIENT_ID_LENGTH} characters`,
)
export const titleSchema = line(MAX_TITLE_LENGTH)
export const nameSchema = line(MAX_NAME_LENGTH)
export const handleSchema = z
  .string()
  .regex(
    new RegExp(`^[a-z0-9_]{${MIN_HANDLE_LENGTH},${MAX_HANDLE_LENGTH}}$`),
    `a handle is ${MIN_HANDLE_LENGTH} to ${MAX_HANDLE_LENGTH} of a-z, 0-9 and _`,
  )

/** A handle that somebody chooses: `@all` means everyone in a group. */
export const newHandleSchema = handleSchema.refine((handle) => handle !== ALL_MEMBERS, 'reserved')
/** What turns the direction of the text beside it, or is not text at all; line ends are fine here. */
const UNFIT_FOR_TEXT = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

/** A few lines about oneself; what is empty is none. */
export const bioSchema = wellFormed
  .trim()
  .refine(
    (text) => countCodePoints(text, MAX_BIO_LENGTH) <= MAX_BIO_LENGTH,
    `at most ${MAX_BIO_LENGTH} characters`,
  )
  .refine((text) => !UNFIT_FOR_TEXT.test(text), 'control characters')
  .transform((text) => (text === '' ? null : text))

/** Where a picture is: never a script, never in the clear, and without a password in it. */
export const imageUrlSchema = z
  .string()
  .max(MAX_IMAGE_URL_LENGTH)
  .refine(isPictureUrl, 'a picture is an https URL')
  .transform((text) => new URL(text).href)

function isPictureUrl(text: string): boolean {
  if (!text.isWellFormed() || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return protocol === 'https:' && username === '' && password === ''
}

/** Marks the one issue that is answered with `text_too_long` and not with `invalid`. */
export const TEXT_TOO_LONG = 'text_too_long'

export const textSchema = wellFormed.min(1).superRefine((text, context) => {
  if (countCodePoints(text, MAX_TEXT_LENGTH) > MAX_TEXT_LENGTH) {
    context.addIssue({
      code: 'custom',
      message: `a message has at most ${MAX_TEXT_LENGTH} characters`,
      params: { code: TEXT_TOO_LONG },
    })
  }
})

export const emojiSchema = z
  .string()
  .transform((text, context) => {
    const emoji = canonicalEmoji(text)
    if (emoji !== null) return emoji
    context.addIssue({ code: 'custom', message: 'not one emoji' })
    return z.NEVER
  })
  .describe('one emoji, percent-encoded; kept in its fully qualified form')

/** A number in a query string. */
export function queryInt(schema: z.ZodInt) {
  return z
    .string()
    .regex(/^-?\d{1,16}$/, 'not a whole number')
    .transform(Number)
    .pipe(schema)
}
