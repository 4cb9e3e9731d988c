import { formatNumber } from "#components/ui/format.ts";
import { isNumeral } from "#server/base/text/is-numeral.ts";
import { logTicks, niceTicks } from "./ticks.ts";

/** Value on an axis: a number, a category, or text that contains a number. NaN was measured, undefined was not. */
export type AxisValue = number | string | undefined;

/** Kind of value without a position along the axis, shown below it under its name. */
export type Rest = "nan" | "missing";

/** Position of a value: share of the axis from its lower end, 0 to 1, or a rest position below the axis. */
export type AxisPosition = { at: number } | { rest: Rest };

export interface ValueAxis {
  scale: "linear" | "log" | "category";
  /** Ends of a numeric axis; lowest and highest value lie on or between them. */
  low: number;
  high: number;
  /** From the lower end; empty for numbers. */
  categories: string[];
  ticks: { at: number; label: string }[];
  /** Rest positions in use. */
  rests: Rest[];
}

/** An axis that spans more than this is logarithmic. */
const minLogSpan = 50;
/** Maximum number of distinct numbers of which each gets a label. */
const maxNamed = 6;
const maxCategoryTicks = 16;
/** Share of the axis between two labels that do not touch. */
const minTickGap = 0.055;

const noNumeral = /^[+-]?(nan|inf|infinity)$/i;

/** Plans an axis: numeric if all values are numbers, logarithmic if they span decades; otherwise one position per category. */
export function planAxis(values: readonly AxisValue[]): ValueAxis {
  const present = values.filter((value) => value !== undefined);
  const words = present.filter((value) => typeof value === "string");
  const isNumeric = words.every((word) => isNumeral(word.trim()) || noNumeral.test(word.trim()));
  const rests = (["nan", "missing"] as const).filter((rest) =>
    values.some((value) => (rest === "missing" ? value === undefined : isNan(value, isNumeric))),
  );
  if (!isNumeric) return { ...categoryAxis(present), rests };
  const numbers = [...new Set(present.map(Number).filter(isFinitePosition))].sort((a, b) => a - b);
  return { ...numericAxis(numbers), rests };
}

function categoryAxis(present: readonly AxisValue[]): Omit<ValueAxis, "rests"> {
  const named = new Set(present.filter((value) => !isNan(value, false)).map(String));
  // The alphabetically first category is at the top.
  const categories = [...named].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const stride = Math.ceil(categories.length / maxCategoryTicks);
  const ticks = categories.map((label, index) => ({ at: categoryAt(index, categories.length), label }));
  return { scale: "category", low: 0, high: 1, categories, ticks: ticks.filter((_, index) => index % stride === 0) };
}

function numericAxis(numbers: readonly number[]): Omit<ValueAxis, "rests"> {
  const [least = 0, most = least] = [numbers[0], numbers.at(-1)];
  const scale = least > 0 && most / least >= minLogSpan && numbers.length > 2 ? "log" : "linear";
  const isNamed = numbers.length > 1 && numbers.length <= maxNamed;
  const steps = isNamed ? [...numbers] : scale === "log" ? logTicks(least, most, 5) : niceTicks(least, most);
  const axis = { scale, low: steps[0] ?? 0, high: steps.at(-1) ?? 1, categories: [] } as const;
  const ticks = steps.map((value) => ({ at: shareOf(axis, value), label: formatNumber(value) }));
  return { ...axis, categories: [], ticks: withRoom(ticks) };
}

/** Returns the ticks whose labels do not overlap; the ends are always labelled. */
function withRoom(ticks: { at: number; label: string }[]): { at: number; label: string }[] {
  let before = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ at }, index) => {
    const isEnd = index === 0 || index === ticks.length - 1;
    if (!isEnd && (at - before < minTickGap || 1 - at < minTickGap)) return false;
    before = at;
    return true;
  });
}

/** Returns the position of a value on an axis that was planned with it. */
export function positionOn(axis: ValueAxis, value: AxisValue): AxisPosition {
  if (value === undefined) return { rest: "missing" };
  if (axis.scale === "category") {
    if (isNan(value, false)) return { rest: "nan" };
    return { at: categoryAt(axis.categories.indexOf(String(value)), axis.categories.length) };
  }
  const number = Number(value);
  return isFinitePosition(number) ? { at: shareOf(axis, number) } : { rest: "nan" };
}

/** Returns the number at a share of a numeric axis. */
export function numberAt({ scale, low, high }: ValueAxis, share: number): number {
  if (share <= 0) return low;
  if (share >= 1) return high;
  return scale === "log" ? low * (high / low) ** share : low + share * (high - low);
}

function shareOf({ scale, low, high }: Pick<ValueAxis, "scale" | "low" | "high">, value: number): number {
  if (!(high > low)) return 0.5;
  // Halved, because the difference between the smallest and greatest double overflows.
  if (scale === "linear") return (value / 2 - low / 2) / (high / 2 - low / 2);
  return Math.log(value / low) / Math.log(high / low);
}

function categoryAt(index: number, count: number): number {
  return count > 1 ? index / (count - 1) : 0.5;
}

/** Returns whether a value is NaN or infinite; MLflow's protocol writes infinity as the largest double. */
function isNan(value: AxisValue, isNumeric: boolean): boolean {
  if (value === undefined || (typeof value === "string" && !isNumeric)) return false;
  return !isFinitePosition(Number(value));
}

function isFinitePosition(value: number): boolean {
  return Math.abs(value) < Number.MAX_VALUE;
}
