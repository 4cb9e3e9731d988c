import { ArgumentError, requireFinite } from "../../argument-error.ts";

/** Counts of an ordinary window, in the same cells as those of the others. */
export interface TimedCounts {
  /** Start, in milliseconds since 1970. */
  at: number;
  counts: ArrayLike<number>;
}

/** How shares of cells usually differ from their level, by hour of the day, day of the week, and hour of the week (UTC). */
export interface WeekEffects {
  days: Effects;
  hours: Effects;
  both: Effects;
}

/** Effect of each slot, by cell, and how many days it was taken from. */
interface Effects {
  values: Float64Array[];
  days: Int32Array;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const hoursPerDay = 24;
const daysPerWeek = 7;
/** 1970 began on a Thursday; weeks begin on Mondays. */
const daysSinceMonday = 3;
/** Returns the number of the UTC day since 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** Returns the hour of the week, from 0 on Mondays at midnight UTC to 167. */
export function hourOfWeek(at: number): number {
  return weekdayOf(at) * hoursPerDay + hourOfDay(at);
}

function weekdayOf(at: number): number {
  return (((dayOf(at) + daysSinceMonday) % daysPerWeek) + daysPerWeek) % daysPerWeek;
}

function hourOfDay(at: number): number {
  return Math.floor((at - dayOf(at) * dayMs) / hourMs);
}

/**
 * Fits additive effects of the weekday, of the hour, and of both together to deviations from the level (docs/spec/drift.md section 6.8):
 * each is the mean over days of what the ones before leave, shrunk towards 0 by the uncertainty of that mean.
 * @param deviations by window in time order, each by cell @returns the effects, and what each window leaves when its own day is
 * left out, so that effects do not explain the windows that they come from @throws ArgumentError for times that are not finite
 */
export function fitWeekEffects(
  times: readonly number[],
  deviations: readonly Float64Array[],
): { effects: WeekEffects; errors: Float64Array[] } {
  requireFinite(times, "Times of windows");
  const left = deviations.map((each) => Float64Array.from(each));
  const errors = deviations.map((each) => Float64Array.from(each));
  const days = fitStep({ times, left, errors, slotOf: weekdayOf, slots: daysPerWeek });
  const hours = fitStep({ times, left, errors, slotOf: hourOfDay, slots: hoursPerDay });
  const both = fitStep({ times, left, errors, slotOf: hourOfWeek, slots: hoursPerDay * daysPerWeek });
  return { effects: { days, hours, both }, errors };
}

interface Step {
  times: readonly number[];
  /** Deviations that earlier effects leave; this one is taken off, too. */
  left: Float64Array[];
  /** The same with effects in which the window's own day is left out. */
  errors: Float64Array[];
  slotOf: (at: number) => number;
  slots: number;
}

/** Windows of one day in one slot follow each other and share that day's luck: together they are one value. */
interface DayMean {
  slot: number;
  windows: number[];
  mean: Float64Array;
}

function fitStep({ times, left, errors, slotOf, slots }: Step): Effects {
  const cells = left[0]?.length ?? 0;
  const means = groupsOf(times, (at) => dayOf(at) * slots + slotOf(at)).map((windows): DayMean => {
    const mean = new Float64Array(cells);
    for (const index of windows) add(mean, left[index] as Float64Array, 1 / windows.length);
    return { slot: slotOf(times[windows[0] as number] as number), windows, mean };
  });
  const sums = Array.from({ length: slots }, () => new Float64Array(cells));
  const days = new Int32Array(slots);
  for (const { slot, mean } of means) {
    add(sums[slot] as Float64Array, mean, 1);
    days[slot] = (days[slot] as number) + 1;
  }
  const variance = varianceWithin(means, sums, days);
  for (const { slot, windows, mean } of means) {
    const [sum, count] = [sums[slot] as Float64Array, days[slot] as number];
    const effect = shrunk(sum, count, variance);
    const others = Float64Array.from(sum);
    add(others, mean, -1);
    const effectOfOthers = shrunk(others, count - 1, variance);
    for (const index of windows) {
      add(left[index] as Float64Array, effect, -1);
      add(errors[index] as Float64Array, effectOfOthers, -1);
    }
  }
  return { values: sums.map((sum, slot) => shrunk(sum, days[slot] as number, variance)), days };
}

/** Variance of a day's mean around its slot, over all cells; undefined while no slot has two days. */
function varianceWithin(
  means: readonly DayMean[],
  sums: readonly Float64Array[],
  days: Int32Array,
): number | undefined {
  let sum = 0;
  for (const { slot, mean } of means) {
    const [of, count] = [sums[slot] as Float64Array, days[slot] as number];
    for (let cell = 0; cell < mean.length; cell += 1) {
      sum += ((mean[cell] as number) - (of[cell] as number) / count) ** 2;
    }
  }
  const degrees = means.length - days.filter((count) => count > 0).length;
  return degrees > 0 ? sum / degrees : undefined;
}

/** Mean over days times s² / (s² + variance / days), s² its square: what is large for its uncertainty stays, and half of a single day. */
function shrunk(sum: Float64Array, days: number, variance: number | undefined): Float64Array {
  if (days === 0) return new Float64Array(sum.length);
  let square = 0;
  for (const value of sum) square += (value / days) ** 2;
  const noise = (variance ?? square) / days;
  const factor = square > 0 ? square / (square + noise) / days : 0;
  return sum.map((value) => value * factor);
}

function groupsOf(times: readonly number[], keyOf: (at: number) => number): number[][] {
  const groups = new Map<number, number[]>();
  for (const [index, at] of times.entries()) {
    const key = keyOf(at);
    const known = groups.get(key);
    if (known) known.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()];
}

/** Returns by how much shares of cells usually differ from their level at a time. @throws ArgumentError for a time that is not finite */
export function effectAt({ days, hours, both }: WeekEffects, at: number): Float64Array {
  const effect = Float64Array.from(valuesOf(days, weekdayOf(at)));
  add(effect, valuesOf(hours, hourOfDay(at)), 1);
  add(effect, valuesOf(both, hourOfWeek(at)), 1);
  return effect;
}

function valuesOf({ values }: Effects, slot: number): Float64Array {
  const found = values[slot];
  if (!found) throw new ArgumentError("Effects of the week lack this time.");
  return found;
}

/** Whether the same hour of the week was among the windows. */
export function hasHourOfWeek({ both }: WeekEffects, at: number): boolean {
  return (both.days[hourOfWeek(at)] ?? 0) > 0;
}

function add(to: Float64Array, values: Float64Array, factor: number): void {
  for (let cell = 0; cell < to.length; cell += 1) to[cell] = (to[cell] as number) + factor * (values[cell] as number);
}
