import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../../protocol/limits.ts'
import {
  bioSchema,
  imageUrlSchema,
  nameSchema,
  newHandleSchema,
} from '../../../protocol/schemas.ts'
import { text } from '../../text.ts'

/** What is wrong with a field before anybody asks the server; null if nothing is. */

export function nameProblem(name: string): string | null {
  if (name.trim() === '') return text.accountErrors.nameMissing
  return nameSchema.safeParse(name).success ? null : text.accountErrors.nameUnfit
}

export function handleProblem(handle: string): string | null {
  return newHandleSchema.safeParse(handle).success ? null : text.accountErrors.handleBad
}

export function bioProblem(bio: string): string | null {
  return bioSchema.safeParse(bio).success ? null : text.accountErrors.bioUnfit
}

/** No picture is fine. */
export function imageProblem(image: string): string | null {
  if (image.trim() === '') return null
  return imageUrlSchema.safeParse(image.trim()).success ? null : text.accountErrors.imageBad
}

export function emailProblem(email: string): string | null {
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : text.accountErrors.emailBad
}

export function passwordProblem(password: string): string | null {
  if (password.length < MIN_PASSWORD_LENGTH) return text.accountErrors.passwordShort
  return password.length > MAX_PASSWORD_LENGTH ? text.accountErrors.passwordLong : null
}
