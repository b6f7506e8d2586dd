/**
 * Whether this browser can have passkeys for this page. `address`: it could, were the page at a name and not at
 * an address of numbers, for which there are none.
 */
export function passkeySupport(): 'yes' | 'no' | 'address' {
  const can =
    'PublicKeyCredential' in window &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential &&
    'toJSON' in PublicKeyCredential.prototype
  if (!can) return 'no'
  return /^[\d.]+$|^\[/.test(location.hostname) ? 'address' : 'yes'
}

export async function canAutofill(): Promise<boolean> {
  return passkeySupport() === 'yes' && (await PublicKeyCredential.isConditionalMediationAvailable())
}
