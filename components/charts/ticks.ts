import { formatCount, formatNumber, formatUnit, withUnit } from "#components/ui/format.ts";
import { formatClock, formatDate } from "#components/ui/format-time.ts";
import type { Range, Series } from "./prepare.ts";

/** Computes round steps that give 3 to 5 ticks around [low, high], including the ends. */
export function niceTicks(low: number, high: number, most = 5): number[] {
  if (!(high > low))
    return niceTicks(low === 0 ? 0 : low - Math.abs(low) * 0.5, high === 0 ? 1 : high + Math.abs(high) * 0.5, most);
  const rough = (high - low) / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = [1, 2, 2.5, 5, 10].map((each) => each * power);
  for (const step of [...steps.filter((each) => each >= rough * 0.999), 20 * power]) {
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil(high / step - 1e-9);
    if (last - first + 1 <= most) {
      return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
    }
  }
  return [low, high];
}

/** Computes at most `most` round values inside a range whose ends need no tick: 0, 10, 20 of 0 to 29. */
export function ticksWithin({ from, to }: Range, most: number): number[] {
  if (!(to > from)) return [from];
  const power = 10 ** Math.floor(Math.log10((to - from) / most));
  const ticks = [1, 2, 5, 10, 20].map((each) => {
    const step = each * power;
    const first = Math.ceil(from / step - 1e-9);
    const last = Math.floor(to / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  });
  return ticks.find(({ length }) => length <= most) ?? [from];
}

/**
 * Computes at most `most` ticks of a logarithmic axis around [low, high], both above zero and the ends included: 1, 2, 5 within a few
 * decades, otherwise powers of ten.
 */
export function logTicks(low: number, high: number, most = 6): number[] {
  const start = Math.floor(Math.log10(low) + 1e-9);
  const end = Math.ceil(Math.log10(high) - 1e-9);
  for (const mantissas of [[1, 2, 5], [1, 3], [1]]) {
    const all = Array.from({ length: end - start + 1 }, (_, decade) =>
      mantissas.map((mantissa) => Number((mantissa * 10 ** (start + decade)).toPrecision(3))),
    ).flat();
    const first = all.findLastIndex((tick) => tick <= low * (1 + 1e-9));
    const last = all.findIndex((tick) => tick >= high * (1 - 1e-9));
    const ticks = all.slice(Math.max(0, first), last + 1);
    if (ticks.length >= 2 && ticks.length <= most) return ticks;
  }
  const stride = Math.max(1, Math.ceil((end - start) / (most - 1)));
  const powers = Math.max(1, Math.ceil((end - start) / stride));
  return Array.from({ length: powers + 1 }, (_, index) => Number(`1e${start + index * stride}`));
}

interface TickOptions {
  fromZero?: boolean;
  thresholds?: readonly number[];
  log?: boolean;
}

/** Ticks around lowest and highest value and the thresholds; bars, areas, counts and rates start at zero. */
export function extentTicks(extent: { low: number; high: number } | undefined, options: TickOptions = {}): number[] {
  const { fromZero, log, thresholds = [] } = options;
  const all = [...(extent ? [extent.low, extent.high] : []), ...(fromZero && !log ? [0] : []), ...thresholds];
  const shown = log ? all.filter((value) => value > 0) : all;
  if (shown.length === 0) return log ? [1, 10] : [0, 1];
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  return log ? logTicks(low, high) : niceTicks(low, high);
}

/** Ticks for the values of `series`, as `extentTicks` does. */
export function valueTicks(series: readonly Series[], options: TickOptions = {}): number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { points } of series) {
    for (const { value } of points) {
      if (value === null || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return extentTicks(low <= high ? { low, high } : undefined, options);
}

/** Formats all ticks with the same number of decimals, and the unit on the top one only. */
export function tickLabels(ticks: readonly number[], unit: string, log = false): string[] {
  if (log) return ticks.map((tick, index) => formatUnit(tick, index === ticks.length - 1 ? unit : ""));
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const decimals = step === 0 ? 0 : decimalsOf(step);
  return ticks.map((tick, index) => {
    const number = tick === 0 ? "0" : decimals === 0 ? formatCount(tick) : formatNumber(tick, { decimals });
    return index === ticks.length - 1 ? withUnit(number, unit) : number;
  });
}

/** Returns the number of decimals that tells multiples of a step apart: 1 for 0.5 and 2.5, 2 for 0.25. */
function decimalsOf(step: number): number {
  const power = Math.floor(Math.log10(step) + 1e-9);
  const isQuarter = Math.abs(step / 10 ** power - 2.5) < 1e-9;
  return Math.min(6, Math.max(0, (isQuarter ? 1 : 0) - power));
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * second),
  ...[1, 2, 5, 10, 15, 20, 30].map((each) => each * minute),
  ...[1, 2, 3, 6, 12].map((each) => each * hour),
  ...[1, 2, 3, 4, 7, 14, 28, 91].map((each) => each * day),
];

/** Computes at most `most` round moments within the range; `offsetMs` is the zone's distance from UTC. */
export function timeTicks({ from, to }: Range, most = 5, offsetMs = 0): number[] {
  const step = timeSteps.find((each) => (to - from) / each <= most) ?? 365 * day;
  const first = Math.ceil((from + offsetMs) / step) * step - offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/** Formats a tick as "13:20", "13:20:05" or "6 May", depending on the distance between ticks. */
export function timeTickLabel(at: number, ticks: readonly number[], timeZone?: string): string {
  const step = (ticks[1] ?? at + minute) - (ticks[0] ?? at);
  if (step >= day) return formatDate(at, timeZone).replace(/ \d+$/, "");
  return formatClock(at, { seconds: step < minute, ...(timeZone ? { timeZone } : {}) });
}
