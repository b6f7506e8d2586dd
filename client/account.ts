import * as z from 'zod'
import { devicesSchema, type PatchMe } from '../protocol/http.ts'
import { userSchema, type Device, type User } from '../protocol/objects.ts'
import type { Http } from './http.ts'
import type { Passkey } from './passkeys.ts'

export interface SignUp {
  name: string
  /** 3 to 24 of a-z, 0-9 and _. */
  handle: string
  email: string
  /** At least 10 characters. */
  password: string
}

/** Whatever an `/api/auth` call answers beyond its status is of no interest here. */
const anything = z.unknown()

/** Who one is, and where one is logged in. */
export class Account {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** Makes an account and logs in to it. */
  async signUp({ name, handle, email, password }: SignUp): Promise<void> {
    await this.#post('sign-up/email', { name, username: handle, email, password })
  }

  /** Logs in; `who` is an e-mail address or a handle. */
  async signIn(who: string, password: string): Promise<void> {
    const name = who.trim()
    if (name.includes('@', 1)) await this.#post('sign-in/email', { email: name, password })
    else await this.#post('sign-in/username', { username: name.replace(/^@/, ''), password })
  }

  /** Ends this session on the server. */
  async signOut(): Promise<void> {
    await this.#post('sign-out', {})
  }

  /** Sends a link to `redirectTo?token=…`, if there is an account with that address. */
  async requestPasswordReset(email: string, redirectTo: string): Promise<void> {
    await this.#post('request-password-reset', { email, redirectTo })
  }

  /** Sets a new password with the token out of that link. */
  async resetPassword(token: string, newPassword: string): Promise<void> {
    await this.#post('reset-password', { token, newPassword })
  }

  /** @param endOthers logs out every other device. */
  async changePassword(currentPassword: string, newPassword: string, endOthers: boolean) {
    const body = { currentPassword, newPassword, revokeOtherSessions: endOthers }
    await this.#post('change-password', body)
  }

  me(): Promise<User> {
    return this.#http.call('GET', '/v1/me', userSchema)
  }

  /** Changes what is given; null takes the bio or the picture away. Rejects with `conflict` for a handle that is taken. */
  changeProfile(change: PatchMe): Promise<User> {
    return this.#http.call('PATCH', '/v1/me', userSchema, { body: change })
  }

  async devices(): Promise<Device[]> {
    const { devices } = await this.#http.call('GET', '/v1/devices', devicesSchema)
    return devices
  }

  /** Logs a device out and closes its sockets. */
  async endDevice(deviceId: string): Promise<void> {
    await this.#http.send('DELETE', `/v1/devices/${encodeURIComponent(deviceId)}`)
  }

  /**
   * Deletes the account for good, and logs every device out. Rejects with `forbidden` for a wrong password.
   * What is kept here goes with `forget`.
   */
  async delete(password: string): Promise<void> {
    await this.#http.send('DELETE', '/v1/me', { body: { password } })
  }

  /**
   * Gives the password again, after which passkeys can be added for 15 minutes. Rejects with `forbidden` for a
   * wrong one.
   */
  async confirmPassword(password: string): Promise<void> {
    await this.#http.send('POST', '/v1/me/password', { body: { password } })
  }

  /** The oldest first. */
  async passkeys(): Promise<Passkey[]> {
    return (await passkeyCalls()).listPasskeys(this.#http)
  }

  /**
   * Has the browser make a passkey and adds it to the account. Resolves with false if the person thought
   * better of it. Rejects with reason `SESSION_NOT_FRESH` where `confirmPassword` has to come first, and
   * `PASSKEY_KNOWN` if this device has one already.
   */
  async addPasskey(name: string): Promise<boolean> {
    return (await passkeyCalls()).addPasskey(this.#http, name)
  }

  async renamePasskey(id: string, name: string): Promise<void> {
    await (await passkeyCalls()).renamePasskey(this.#http, id, name)
  }

  /** It logs nobody in any more; who is logged in by it stays so. */
  async removePasskey(id: string): Promise<void> {
    await (await passkeyCalls()).removePasskey(this.#http, id)
  }

  /**
   * Logs in with a passkey that the browser offers; with `autofill` it does so where the name is typed, and
   * waits until one is picked or `signal` gives it up. Resolves with false if none was.
   */
  async logInWithPasskey(how: { autofill?: boolean; signal?: AbortSignal } = {}): Promise<boolean> {
    return (await passkeyCalls()).logInWithPasskey(this.#http, how)
  }

  async #post(path: string, body: unknown): Promise<void> {
    await this.#http.call('POST', `/api/auth/${path}`, anything, { body })
  }
}

/** In browsers only, and not before they are used. */
function passkeyCalls() {
  return import('./passkeys.ts')
}
