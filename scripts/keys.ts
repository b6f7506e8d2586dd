import { freshSecret, freshVapidKey } from './dev-vars.ts'

/** `npm run keys`: fresh values for a first deployment. Keep CHANNEL_KEY: it can never change. */

console.log(`BETTER_AUTH_SECRET=${freshSecret()}`)
console.log(`CHANNEL_KEY=${freshSecret()}`)
console.log(`VAPID_PRIVATE_KEY=${freshVapidKey()}`)
