import { formatDuration } from "#server/base/format-number.ts";
import { trimZeros } from "#server/base/text/trim-of.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import type { Figure } from "./contract.ts";
import type { ReportDefinitionKey } from "./definitions/contract.ts";

const nbsp = "\u00a0";
const noValue = "–";

/** Formats a share to 0.1 points, to 0.01 from 99% on; a share below 1 never reads 100%, and a positive one never 0. */
export function shareText(share: number): string {
  const percent = share * 100;
  const decimals = percent >= 99 ? 2 : 1;
  const smallest = 10 ** -decimals;
  if (percent > 0 && percent < smallest / 2) return `< ${smallest}%`;
  if (percent < 100 && percent > 100 - smallest / 2) return `> ${(100 - smallest).toFixed(decimals)}%`;
  return `${trimZeros(percent.toFixed(decimals))}%`;
}

/** Formats a count with thousands separators. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** "4 min", "1 h 26 min". */
export const durationText = formatDuration;

/** Formats percentage points without a sign: "4.6 pp". */
export function pointsText(difference: number): string {
  return `${(Math.abs(difference) * 100).toFixed(1)}${nbsp}pp`;
}

/**
 * Formats an amount as an integer from 100 on, otherwise with two decimals from 1 on and three below, as in cost tables: "€11,480",
 * "€0.132".
 */
export function moneyText(currency: string | null): (amount: number) => string {
  return (amount) => {
    const size = Math.abs(amount);
    if (size > 0 && size < 0.001) return `< ${currencySign(currency)}0.001`;
    const decimals = size === 0 || size >= 100 ? 0 : size >= 1 ? 2 : 3;
    const digits = size.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return `${amount < 0 ? "\u2212" : ""}${currencySign(currency)}${digits}`;
  };
}

interface NewFigure {
  id: string;
  definition: ReportDefinitionKey;
  value: number | null;
  /** Formats the value; the only place where it is rounded. */
  text: (value: number) => string;
  href: string;
  knownUntil: number;
  unit?: string;
  before?: number | null | undefined;
  basis?: string;
  interval?: { low: number; high: number; level: number } | null | undefined;
  /** Reason why there is no value, where one may be missing. */
  reason?: string;
}

/** Creates a number with the text shown everywhere. */
export function figure({ text, unit = "", basis = "", before = null, interval, reason, ...known }: NewFigure): Figure {
  const { value } = known;
  return {
    ...known,
    text: value === null ? noValue : text(value),
    unit,
    before: before === null ? null : { value: before, text: text(before) },
    basis,
    interval: interval ? { low: text(interval.low), high: text(interval.high), level: interval.level } : null,
    reason: value === null ? (reason ?? "no data") : null,
  };
}
