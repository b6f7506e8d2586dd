import * as z from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../protocol/limits.ts'
import { nameSchema, newHandleSchema } from '../../protocol/schemas.ts'

const MAX_EMAIL_LENGTH = 254 // RFC 5321, section 4.5.3.1.3, without the angle brackets

export const emailSchema = z.email().max(MAX_EMAIL_LENGTH)
export const newPasswordSchema = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH)

/** What an account is made of. Checked before Better Auth sees it, so nothing is stored in part. */
export const signUpSchema = z
  .object({
    email: emailSchema,
    password: newPasswordSchema,
    name: nameSchema,
    username: z
      .string()
      .max(64)
      .transform((text) => text.toLowerCase())
      .pipe(newHandleSchema)
      .describe('the handle'),
  })
  .meta({ id: 'SignUp' })
