import { trimEndOf, trimStartOf } from "#server/base/text/trim-of.ts";

/** A number as it is written: `digits`, without zeros at either end, times ten to the power of `exponent`. */
interface Numeral {
  isNegative: boolean;
  digits: string;
  exponent: number;
}

/** Digits with which every decimal survives the way through a double and back. */
const safeDigits = 15;
/** Maximum precision of Number.prototype.toPrecision. */
const maxPrecision = 100;
/** Integers up to this length are written without an exponent. */
const maxIntegerDigits = 400;
/** Digits of an exponent that can be added to without loss. */
const maxExponentDigits = 12;

/**
 * Returns the double that a decimal stands for: its digits are those of the double, rounded to as many as there are. Undefined for a
 * decimal between doubles, or outside their range, which only its digits tell from its neighbours.
 * @param text digits with an optional sign, point and exponent
 */
export function doubleOf(text: string): number | undefined {
  const value = Number(text);
  if (String(value) === text) return value;
  if (!Number.isFinite(value)) return undefined;
  const { digits, exponent } = numeralOf(text);
  if (digits === "") return 0;
  const magnitude = Math.abs(value);
  if (digits.length <= safeDigits && magnitude > 1e-300 && magnitude < 1e300) return value;
  if (value === 0 || digits.length > maxPrecision) return undefined;
  const rounded = numeralOf(value.toPrecision(digits.length));
  return rounded.digits === digits && rounded.exponent === exponent ? value : undefined;
}

/** Returns the one way of writing a decimal exactly: an integer as its digits, anything else as 1.5e-7. */
export function exactText(text: string): { text: string; isInteger: boolean } {
  const { isNegative, digits, exponent } = numeralOf(text);
  const sign = isNegative ? "-" : "";
  if (exponent >= 0 && digits.length + exponent <= maxIntegerDigits) {
    return { text: `${sign}${digits}${"0".repeat(exponent)}`, isInteger: true };
  }
  const power = exponent + digits.length - 1;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return { text: `${sign}${digits[0]}${fraction}e${power < 0 ? "" : "+"}${power}`, isInteger: false };
}

/** Whether the exponent of a number is small enough to compute with. */
export function hasUsableExponent(text: string): boolean {
  const at = text.toLowerCase().indexOf("e");
  return at < 0 || text.length - at - 1 <= maxExponentDigits;
}

/** Writes an unscaled integer with `scale` digits after the point: 70 with scale 2 is "0.70". */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const integerPart = digits.slice(0, digits.length - scale);
  const text = scale > 0 ? `${integerPart}.${digits.slice(-scale)}` : integerPart;
  return unscaled < 0n ? `-${text}` : text;
}

/** Reads a big-endian integer in two's complement. */
export function signedOf(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

function numeralOf(text: string): Numeral {
  const isNegative = text.startsWith("-");
  const unsigned = isNegative || text.startsWith("+") ? text.slice(1) : text;
  const [mantissa = "", power = "0"] = unsigned.toLowerCase().split("e");
  const [integerPart = "", fraction = ""] = mantissa.split(".");
  const withoutLeading = trimStartOf(integerPart + fraction, "0");
  const digits = trimEndOf(withoutLeading, "0");
  return { isNegative, digits, exponent: Number(power) - fraction.length + withoutLeading.length - digits.length };
}
