import { Secret, TOTP } from "otpauth";

/** What every authenticator app supports: SHA-1, 6 digits, steps of 30 s. */
const parameters = { algorithm: "SHA1", digits: 6, period: 30 };

/** Steps before and after the current one whose codes are accepted: for clocks that differ, and for slow typing (RFC 6238 section 5.2). */
const window = 1;

/** Returns a new random secret of 160 bits, as RFC 4226 section 4 recommends, in base 32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** Returns the address that an authenticator app reads from a QR code: `otpauth://totp/…`. */
export function totpAddress(secret: string, email: string, issuer: string): string {
  return new TOTP({ ...parameters, secret: Secret.fromBase32(secret), label: email, issuer }).toString();
}

/** Returns the code of a secret at a moment, 6 digits. */
export function totpCode(secret: string, now: Date): string {
  return TOTP.generate({ ...parameters, secret: Secret.fromBase32(secret), timestamp: now.getTime() });
}

/**
 * Returns the time step (RFC 6238 section 4.2) in which a code is valid, or undefined for a wrong code.
 * @param lastStep step of the last accepted code: this one and earlier ones are refused, so that an observed code is worthless.
 */
export function stepOfCode(
  secret: string,
  code: string,
  now: Date,
  lastStep: number | null | undefined,
): number | undefined {
  // The library throws for six characters that are more than six bytes.
  if (!/^[0-9]{6}$/.test(code)) return undefined;
  const timestamp = now.getTime();
  const delta = TOTP.validate({ ...parameters, token: code, secret: Secret.fromBase32(secret), timestamp, window });
  if (delta === null) return undefined;
  const step = TOTP.counter({ period: parameters.period, timestamp }) + delta;
  return step > (lastStep ?? -1) ? step : undefined;
}
