import { language } from './language/language.ts'

/** The words about passkeys, apart from the others since no first chat on screen needs them. */
const english = {
  logIn: 'Log in with a passkey',
  title: 'Passkeys',
  hint: 'Log in with your finger, your face or a PIN instead of the password.',
  no: 'This browser cannot use passkeys.',
  address:
    'There are no passkeys for an address of numbers. Open Parley by its name, such as localhost.',
  added: (when: string) => `Added ${when}`,
  add: 'Add a passkey',
  rename: 'Rename',
  renameOf: (name: string) => `Rename ${name}`,
  renameTitle: 'Rename passkey',
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove the passkey “${name}”?`,
  removeBody:
    'Nobody can log in with it any more. The device or password manager may still offer it: delete it there too.',
  removeConfirm: 'Remove passkey',
  passwordTitle: 'Your password first',
  passwordBody: 'You logged in here some time ago. Enter your password to add a passkey.',
  goOn: 'Go on',
  errors: {
    unknown: 'This passkey is not known here any more. Log in with your password.',
    known: 'This device has a passkey for your account already.',
    notAllowed: 'The browser does not allow a passkey here. Log in with your password.',
    failed: 'The passkey was not accepted. Try again.',
    full: 'You have as many passkeys as there can be. Remove one first.',
  },
}

const german: typeof english = {
  logIn: 'Mit Passkey anmelden',
  title: 'Passkeys',
  hint: 'Melde dich mit Finger, Gesicht oder PIN an statt mit dem Passwort.',
  no: 'Dieser Browser kann keine Passkeys.',
  address:
    'Für eine Adresse aus Zahlen gibt es keine Passkeys. Öffne Parley unter seinem Namen, etwa localhost.',
  added: (when) => `Hinzugefügt: ${when}`,
  add: 'Passkey hinzufügen',
  rename: 'Umbenennen',
  renameOf: (name) => `${name} umbenennen`,
  renameTitle: 'Passkey umbenennen',
  remove: 'Entfernen',
  removeOf: (name) => `${name} entfernen`,
  removeTitle: (name) => `Den Passkey „${name}“ entfernen?`,
  removeBody:
    'Niemand kann sich mehr damit anmelden. Das Gerät oder der Passwortmanager bietet ihn vielleicht noch an: Lösche ihn auch dort.',
  removeConfirm: 'Passkey entfernen',
  passwordTitle: 'Erst dein Passwort',
  passwordBody:
    'Du hast dich hier vor einiger Zeit angemeldet. Gib dein Passwort ein, um einen Passkey hinzuzufügen.',
  goOn: 'Weiter',
  errors: {
    unknown: 'Dieser Passkey ist hier nicht mehr bekannt. Melde dich mit deinem Passwort an.',
    known: 'Dieses Gerät hat schon einen Passkey für dein Konto.',
    notAllowed: 'Der Browser lässt hier keinen Passkey zu. Melde dich mit deinem Passwort an.',
    failed: 'Der Passkey wurde nicht angenommen. Versuch es noch einmal.',
    full: 'Mehr Passkeys kannst du nicht haben. Entferne erst einen.',
  },
}

export function passkeyText(): typeof english {
  return language.value === 'de' ? german : english
}
