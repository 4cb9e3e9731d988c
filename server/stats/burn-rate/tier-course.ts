import { isImprobable } from "./gate.ts";
import { burnRate, countBetween, isAbove, type MinuteSums } from "./minute-sums.ts";

/** Windows with their factor after the cap. */
export interface CappedTier {
  longMinutes: number;
  shortMinutes: number | null;
  factor: number;
  forMinutes: number;
}

/**
 * Evaluates a tier at each minute: entry t is 1 if it fires for minutes t−w to t−1. Only minutes with a complete long window are
 * evaluated; only those that burn fast enough pass through the significance gate.
 * @param gate null disables the gate.
 * @param dispersionAt how clustered bad events are, at the minute (dispersionByDay())
 */
export function tierCourse(
  sums: MinuteSums,
  tier: CappedTier,
  budget: number,
  gate: number | null,
  dispersionAt: (at: number) => number = () => 1,
): Uint8Array {
  const { longMinutes, shortMinutes, factor, forMinutes } = tier;
  const fires = new Uint8Array(sums.length + 1);
  let held = 0;
  let requested = { bad: -1, total: -1, dispersion: 1, improbable: false };
  for (let at = longMinutes; at <= sums.length; at += 1) {
    const long = countBetween(sums, at - longMinutes, at);
    let holds =
      isAbove(burnRate(long, budget), factor) &&
      (shortMinutes === null || isAbove(burnRate(countBetween(sums, at - shortMinutes, at), budget), factor));
    if (holds && gate !== null) {
      const dispersion = dispersionAt(at);
      if (long.bad !== requested.bad || long.total !== requested.total || dispersion !== requested.dispersion)
        requested = { ...long, dispersion, improbable: isImprobable(long, budget, gate, dispersion) };
      holds = requested.improbable;
    }
    held = holds ? held + 1 : 0;
    if (held > forMinutes) fires[at] = 1;
  }
  return fires;
}

/** Minutes from `from` on, and the first in which it is quiet again; null if it never was. */
export interface Episode {
  from: number;
  to: number | null;
  /** Index of the course that fired first. */
  course: number;
}

/** Finds the episodes when any course fires; those less than `quietMinutes` apart are one. @returns also how many minutes fire. */
export function episodes(
  courses: readonly Uint8Array[],
  quietMinutes: number,
): { episodes: Episode[]; minutes: number } {
  const found: Episode[] = [];
  const length = courses[0]?.length ?? 0;
  let minutes = 0;
  let open: Episode | undefined;
  for (let at = 0; at < length; at += 1) {
    const course = courses.findIndex((fires) => fires[at] === 1);
    if (course < 0) {
      if (open) open.to = at;
      open = undefined;
      continue;
    }
    minutes += 1;
    if (open) continue;
    const last = found.at(-1);
    if (last?.to != null && at - last.to < quietMinutes) {
      open = last;
      open.to = null;
    } else {
      open = { from: at, to: null, course };
      found.push(open);
    }
  }
  return { episodes: found, minutes };
}
