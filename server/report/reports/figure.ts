import { formatDuration } from "#server/base/format-number.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import type { Figure } from "./contract.ts";
import type { ReportDefinitionKey } from "./definitions/contract.ts";

const nbsp = "\u00a0";
const noValue = "–";

/** A share to 0.1 points, to 0.01 from 99% on; what is not all is never shown as all, and what is not nothing never as 0. */
export function shareText(share: number): string {
  const percent = share * 100;
  const decimals = percent >= 99 ? 2 : 1;
  const smallest = 10 ** -decimals;
  if (percent > 0 && percent < smallest / 2) return `< ${smallest}%`;
  if (percent < 100 && percent > 100 - smallest / 2) return `> ${(100 - smallest).toFixed(decimals)}%`;
  return `${percent.toFixed(decimals).replace(/\.?0+$/, "")}%`;
}

/** A count with its thousands marked. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** "4 min", "1 h 26 min". */
export const durationText = formatDuration;

/** Percentage points without a sign: "4.6 pp". */
export function pointsText(difference: number): string {
  return `${(Math.abs(difference) * 100).toFixed(1)}${nbsp}pp`;
}

/** Whole from 100 on, else two decimals from 1 on and three below, as tables of costs show it: "€11,480", "€0.132". */
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
  /** The one place where it is rounded. */
  text: (value: number) => string;
  href: string;
  knownUntil: number;
  unit?: string;
  before?: number | null | undefined;
  basis?: string;
  interval?: { low: number; high: number; level: number } | null | undefined;
  /** Why there is none, where there may be none. */
  reason?: string;
}

/** A number with the words that every place shows. */
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
