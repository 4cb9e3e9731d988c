import { dayMs, weekMs } from "#server/base/durations.ts";
import type { WindowLength } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { type EarlierWindow, type FeatureHistory, type UsualFeature, usualOf } from "../evaluate/usual.ts";
import type { KnownWindow } from "./window-rows.ts";

/** How one feature usually varies, and from how many windows that is known. */
export interface FittedFeature {
  usual: UsualFeature;
  windows: number;
  /** Windows of whole days, in which slow drift is looked for. */
  days: FeatureHistory["days"];
}

/**
 * Net PSI below which a difference is small while the same hour of the week is not known: hours differ more than half a standard
 * deviation, days of the week about a third (docs/spec/drift.md section 6.8).
 */
const earlyFloors: Record<WindowLength, number> = { "five-minutes": 0.5, hour: 0.5, day: 0.15, week: 0 };
/** The newest part of a long history is left out, so that drift has time to be noticed before it counts as ordinary. */
const newestShare = 0.2;
const longMs = 4 * weekMs + 5 * dayMs;

/** Fits how each feature usually varies to earlier windows of one length, oldest first; by name (docs/spec/drift.md section 6.8). */
export function fitUsual(
  features: readonly ProfiledFeature[],
  windows: readonly KnownWindow[],
  length: WindowLength,
): ReadonlyMap<string, FittedFeature> {
  const ordinary = withoutNewest(windows);
  return new Map(
    features.map(({ name, profile }, place) => {
      const usual = usualOf(withoutEarlyDrift(earlierOf(ordinary, place)), profile.kind);
      const days = length === "day" ? earlierOf(windows, place) : [];
      return [name, { usual, windows: ordinary.length, days }];
    }),
  );
}

/**
 * Returns the history of each feature for one window. @param window.at time by whose hour of the week it is judged, null if it has all hours
 * @param window.before its start; both in milliseconds since 1970
 */
export function historyAt(
  fitted: ReadonlyMap<string, FittedFeature>,
  { length, at, before }: { length: WindowLength; at: number | null; before: number },
): ReadonlyMap<string, FeatureHistory> {
  const earlyFloor = earlyFloors[length];
  return new Map(
    [...fitted].map(([name, { usual, windows, days }]) => {
      return [name, { at, earlyFloor, usual, windows, days: days.filter((day) => day.at < before) }];
    }),
  );
}

function withoutNewest(windows: readonly KnownWindow[]): readonly KnownWindow[] {
  const [first, last] = [windows[0]?.at ?? 0, windows.at(-1)?.at ?? 0];
  if (last - first < longMs) return windows;
  const end = last - newestShare * (last - first);
  return windows.filter(({ at }) => at <= end);
}

/**
 * Leaves out drift while less than a week is known: thresholds are still so wide that it is not a season, and drift that lasts from the
 * first hours on must not become usual. Later all windows count, so that a season that was taken for drift is learnt.
 */
function withoutEarlyDrift(windows: EarlierWindow[]): EarlierWindow[] {
  const [first, last] = [windows[0]?.at ?? 0, windows.at(-1)?.at ?? 0];
  return last - first < weekMs ? windows.filter(({ isDrift }) => !isDrift) : windows;
}

function earlierOf(windows: readonly KnownWindow[], place: number): EarlierWindow[] {
  return windows.flatMap(({ at, features }) => {
    const stored = features[place];
    if (!stored) return [];
    const [counts, rows, missing, unseen, outside, isDrift] = stored;
    return [{ at, counts, rows, missing, unseen, outside, isDrift }];
  });
}
