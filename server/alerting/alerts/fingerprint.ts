import type { Labels } from "./contract.ts";

const separator = 0xff;
const encoder = new TextEncoder();

/** Orders texts by their UTF-8 bytes, as Go does; JavaScript's own order differs outside the basic plane. */
export function byBytes(left: string, right: string): number {
  // Without a buffer for each: lists of ten thousand alerts compare some 100,000 times.
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return rankOf(one) - rankOf(other);
  }
  return left.length - right.length;
}

/** Halves of characters beyond the basic plane come after all that is in it. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Returns the labels without empty ones, which count as missing. */
export function withoutEmpty(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

/**
 * Computes the identity of an alert from its labels alone: 64-bit FNV-1a over names and values, sorted by name, each followed by 0xFF
 * (docs/spec/alerting.md section 1; prometheus/common model/signature.go).
 * @returns 16 lower-case hexadecimal digits
 */
export function fingerprint(labels: Labels): string {
  // Two 32-bit halves: BigInt takes twenty times as long, and ten thousand alerts may arrive at once. The prime is 2^40 + 0x1b3.
  let [high, low] = [0xcbf29ce4, 0x84222325];
  const add = (byte: number) => {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + low * 256) % 2 ** 32;
    low = product % 2 ** 32;
  };
  const entries = Object.entries(labels).filter(([, value]) => value !== "");
  for (const pair of entries.sort(([left], [right]) => byBytes(left, right))) {
    for (const text of pair) {
      for (const byte of encoder.encode(text)) add(byte);
      add(separator);
    }
  }
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}
