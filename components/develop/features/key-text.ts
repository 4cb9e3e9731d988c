import type { KeyType, ScalarValue } from "#server/develop/features/contract.ts";

/** Writes a value of a key as a text from which it is read again: bytes as base64, times as ISO 8601. */
export function keyText(type: KeyType, value: ScalarValue): string {
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (type !== "timestamp" || typeof value !== "bigint") return String(value);
  // Microseconds, which a date does not have.
  const whole = new Date(Number(value / 1_000_000n) * 1000 - (value % 1_000_000n < 0n ? 1000 : 0));
  const rest = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const fraction = rest === 0n ? "" : `.${String(rest).padStart(6, "0")}`;
  return `${whole.toISOString().slice(0, -5)}${fraction}Z`;
}
