import { groupThousands } from "#server/base/text/group-thousands.ts";
import { trimZeros } from "#server/base/text/trim-of.ts";

/** Text for a missing value; never 0. */
export const noValue = "–";

/** Non-breaking space between a number and its unit. */
export const nbsp = "\u00a0";
const minus = "\u2212";

type Maybe = number | null | undefined;

function missing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

function grouped(digits: string): string {
  const [integer = "", fraction] = digits.split(".");
  const withCommas = groupThousands(integer);
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

function signed(value: number, magnitude: string): string {
  return value < 0 ? `${minus}${magnitude}` : magnitude;
}

/** Returns the decimals that show `value` with three significant digits, at most `most`. */
function decimalsFor(value: number, most: number): number {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || magnitude >= 100) return 0;
  return Math.min(most, Math.max(0, 2 - Math.floor(Math.log10(magnitude))));
}

/**
 * Formats a measured number with three significant digits: `0.912`, `12.3`, `1,230`, `3e−4`.
 * @param options.decimals the same number of decimals for a complete column, with trailing zeros.
 */
export function formatNumber(value: Maybe, options: { decimals?: number } = {}): string {
  if (missing(value)) return noValue;
  if (value === 0) return options.decimals === undefined ? "0" : (0).toFixed(options.decimals);
  const magnitude = Math.abs(value);
  if (options.decimals !== undefined) {
    const smallest = 10 ** -options.decimals;
    if (Number(magnitude.toFixed(options.decimals)) === 0) return `${value < 0 ? `> ${minus}` : "< "}${smallest}`;
    return signed(value, grouped(magnitude.toFixed(options.decimals)));
  }
  if (magnitude < 0.001 || magnitude >= 1e9) {
    const [mantissa = "", exponent = ""] = magnitude.toExponential(2).split("e");
    return signed(value, `${trimZeros(mantissa)}e${exponent.replace("+", "").replace("-", minus)}`);
  }
  const rounded = magnitude >= 100 ? Number(magnitude.toPrecision(3)) : magnitude;
  return signed(value, grouped(trimZeros(rounded.toFixed(decimalsFor(rounded, 5)))));
}

/** Returns the decimals that align a column of similar numbers: three significant digits for the median, at most two decimals. */
export function columnDecimals(values: readonly Maybe[], most = 2): number {
  const known = values
    .filter((value) => !missing(value) && value !== 0)
    .toSorted((a, b) => Math.abs(a as number) - Math.abs(b as number));
  return decimalsFor(known[Math.floor(known.length / 2)] ?? 0, most);
}

/** Formats an exact count with thousands separators: `64,206`. */
export function formatCount(value: Maybe): string {
  return missing(value) ? noValue : signed(value, grouped(Math.abs(Math.round(value)).toString()));
}

/** Formats a count with its noun: `1 run`, `412 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)}${nbsp}${count === 1 ? one : many}`;
}

/** Formats a count with its total: `257 of 64,206`. */
export function formatCountOf(part: Maybe, total: Maybe): string {
  return `${formatCount(part)} of ${formatCount(total)}`;
}

/** Formats how much of a list that begins with the newest is shown: `Newest 50 of 213`, `50 of 213` on later pages, `213` for all. */
export function formatNewest(shown: number, total: number, { isFirst = true } = {}): string {
  if (isFirst && shown >= total) return formatCount(total);
  return `${isFirst ? "Newest " : ""}${formatCountOf(shown, total)}`;
}

/** Formats a number and its unit with a non-breaking space: `83 ms`, `41.2 /s`. Money is formatted as everywhere else. */
export function formatUnit(value: Maybe, unit: string, options: { decimals?: number } = {}): string {
  if (unit && unit === currencyOf(unit) && options.decimals === undefined) return formatMoney(value, unit);
  return missing(value) ? noValue : withUnit(formatNumber(value, options), unit);
}

/** Appends a unit with a no-break space. A percent sign stands without one, and a currency before the number: `€5`, `€36k`, `CHF 5`. */
export function withUnit(number: string, unit: string): string {
  if (!unit) return number;
  if (unit === "%") return `${number}%`;
  const currency = currencyOf(unit);
  if (!currency) return `${number}${nbsp}${unit}`;
  // A minus or "<" stands before both.
  const start = number.search(/\d/);
  return `${number.slice(0, start)}${currency}${number.slice(start)}${unit.slice(currency.length)}`;
}

/** Returns the currency with which a unit begins: a sign, or a code and its no-break space. */
function currencyOf(unit: string): string {
  return "€$£¥".includes(unit.charAt(0)) ? unit.charAt(0) : unit.slice(0, unit.indexOf(nbsp) + 1);
}

/**
 * Formats a ratio (0 to 1) as a percentage: `0.41%`, `62%`. A value above zero is never shown as zero (`< 0.1%`),
 * and one below 1 never as 100% (`> 99.9%`).
 */
export function formatPercent(ratio: Maybe, options: { decimals?: number } = {}): string {
  if (missing(ratio)) return noValue;
  const percent = ratio * 100;
  const magnitude = Math.abs(percent);
  const { decimals } = options;
  const smallest = decimals === undefined ? 0.1 : 10 ** -decimals;
  if (magnitude > 0 && (decimals === undefined ? magnitude < 0.1 : Number(magnitude.toFixed(decimals)) === 0)) {
    return percent < 0 ? `> ${minus}${smallest}%` : `< ${smallest}%`;
  }
  const shown = decimals ?? Math.min(2, decimalsFor(magnitude, 2));
  const text = decimals === undefined ? trimZeros(magnitude.toFixed(shown)) : magnitude.toFixed(shown);
  if (magnitude < 100 && Number(text) === 100) return `> ${shown === 0 ? 99 : (100 - smallest).toFixed(shown)}%`;
  return `${signed(percent, grouped(text))}%`;
}

/** Formats a difference of two ratios in percentage points with its sign: `−0.5 pp`. */
export function formatPoints(difference: Maybe): string {
  if (missing(difference)) return noValue;
  const text = trimZeros(Math.abs(difference * 100).toFixed(decimalsFor(difference * 100, 2)));
  if (difference !== 0 && Number(text) === 0) return `< 0.01${nbsp}pp`;
  return `${difference > 0 ? "+" : difference < 0 ? minus : ""}${text}${nbsp}pp`;
}

/** Formats a change as a multiple if it more than doubles (`4.1×`), otherwise as a percentage with its sign (`+22%`). */
export function formatChange(from: Maybe, to: Maybe): string {
  if (missing(from) || missing(to) || from === 0) return noValue;
  const ratio = to / from;
  if (ratio >= 2) return `${trimZeros(ratio.toFixed(ratio >= 10 ? 0 : 1))}×`;
  const percent = (ratio - 1) * 100;
  const text = trimZeros(Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0));
  if (percent !== 0 && Number(text) === 0) return `< 0.1%`;
  return `${percent > 0 ? "+" : percent < 0 ? minus : ""}${text}%`;
}

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Formats bytes in decimal units: `4.2 MB`. */
export function formatBytes(bytes: Maybe): string {
  if (missing(bytes)) return noValue;
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return formatUnit(value, byteUnits[unit] ?? "B");
}

/** Formats money with the currency before it: `€0.116`, `€11,480`. */
export function formatMoney(value: Maybe, currency = "€"): string {
  if (missing(value)) return noValue;
  const magnitude = Math.abs(value);
  if (magnitude > 0 && magnitude < 0.001) return `< ${currency}0.001`;
  const decimals = magnitude === 0 || magnitude >= 100 ? 0 : magnitude >= 1 ? 2 : 3;
  return signed(value, `${currency}${grouped(magnitude.toFixed(decimals))}`);
}

/** Shortens an id or hash in the middle: `4f9c1a…e07b`. */
export function truncateMiddle(text: string, most = 12): string {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 3);
  return `${text.slice(0, most - 1 - tail)}…${text.slice(text.length - tail)}`;
}
