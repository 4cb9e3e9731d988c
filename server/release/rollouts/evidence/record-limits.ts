import { hourMs } from "#server/base/durations.ts";
import { shareSequence } from "#server/stats/sequential/bernoulli-sequence.ts";
import type { FrozenFacts } from "../../../serve/rollout/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";

/** Counts of the version before in one hour. */
export interface RecordedHour {
  /** Start of the hour, in milliseconds since 1970. */
  at: number;
  units: number;
  events: number;
}

const hoursOfDay = 24;
const hoursOfWeek = 168;
/** Units from which an hour says how often something is bad in it. */
const minUnits = 100;
/** 1 January 1970 was a Thursday; weeks start on Monday. */
const thursday = 3 * hoursOfDay;

/** Returns the hour of the week of a time, from 0 on Monday 0:00 UTC. */
export function hourOfWeek(at: number): number {
  return (Math.floor(at / hourMs) + thursday) % hoursOfWeek;
}

/**
 * Computes an upper bound of the share of bad units for each hour of the week: of the latest same hour of the week; without one, the
 * highest of the same hour on other days; without one, the highest of all hours. Nothing is averaged over hours or days, because the
 * mean is exceeded at each peak.
 * @returns undefined without an hour of enough units
 */
export function hourlyBounds(hours: readonly RecordedHour[], alpha: number): number[] | undefined {
  const known = hours
    .filter(({ units }) => units >= minUnits)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, ...counts }) => ({ hour: hourOfWeek(at), high: shareSequence(counts, alpha).high }));
  if (known.length === 0) return undefined;
  const ofWeek = new Map(known.map(({ hour, high }) => [hour, high]));
  const highest = (only: (hour: number) => boolean) =>
    known.reduce<number | undefined>(
      (most, { hour, high }) => (only(hour) ? Math.max(most ?? 0, high) : most),
      undefined,
    );
  const ofDay = Array.from({ length: hoursOfDay }, (_, at) => highest((hour) => hour % hoursOfDay === at));
  const ofAll = highest(() => true) as number;
  return Array.from({ length: hoursOfWeek }, (_, hour) => ofWeek.get(hour) ?? ofDay[hour % hoursOfDay] ?? ofAll);
}

/** Upper bounds of the share of bad units by the record of the version before. */
export interface RecordBounds {
  /** The highest of the same hours. */
  sameHours: number;
  /** The highest of all hours. */
  ever: number;
}

/**
 * Returns what the record of the version before allows between two times.
 * @returns undefined without a record; by the mean of the last day for rollouts without one by hour
 */
export function recordBounds(
  { record, recordByHour }: Pick<FrozenFacts, "record" | "recordByHour">,
  metric: GuardrailMetric,
  alpha: number,
  { from, to }: { from: number; to: number },
): RecordBounds | undefined {
  const ofDay = record[metric];
  if (!ofDay || ofDay.units < 1) return undefined;
  const byHour = recordByHour?.[metric];
  if (!byHour) {
    const { high } = shareSequence(ofDay, alpha);
    return { sameHours: high, ever: high };
  }
  const first = Math.floor(from / hourMs);
  const count = Math.min(hoursOfWeek, Math.max(1, Math.ceil(to / hourMs) - first));
  const same = Array.from({ length: count }, (_, after) => byHour[hourOfWeek((first + after) * hourMs)] as number);
  return { sameHours: Math.max(...same), ever: Math.max(...byHour) };
}
