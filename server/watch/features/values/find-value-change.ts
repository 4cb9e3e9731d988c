import { fisherExact } from "#server/stats/drift/compatible/contingency-tests.ts";
import type { ValueTally } from "./value-tally.ts";

/** A tally of one hour. */
export interface ValueHour extends ValueTally {
  /** Start, in milliseconds since 1970. */
  hour: number;
}

/** How the values of a feature differ from those of the week before. Shares are from 0 to 1. */
export type ValueChange =
  | { kind: "nulls"; now: number; before: number; rows: number }
  | { kind: "new-levels"; levels: string[]; now: number; rows: number }
  | { kind: "lost-level"; level: string; before: number; rows: number };

/** Fewer rows of an hour say little. */
const minRows = 30;
const minRowsBefore = 200;
const minHoursBefore = 2;
/** Rows of a batch have causes in common, so that a significant difference may be none that matters. */
const minShareDifference = 0.05;
const minNewShare = 0.01;
const minNewRows = 3;
/** Chance that there is no difference, for one feature of one hour. */
const maxChance = 1e-6;

/**
 * Compares the latest hour of a feature with the hours of the week before it (docs/spec/features.md section 19): a share of nulls outside of
 * all hours before by at least 5 points, levels that are new, and a level that every hour had and that is gone.
 * @param hours ascending, within a week
 * @param since the hour that changed, while a finding is open: hours from it on are none to compare with. In milliseconds since 1970
 */
export function findValueChange(
  hours: readonly ValueHour[],
  since = Number.POSITIVE_INFINITY,
): (ValueChange & { since: number }) | undefined {
  const usable = hours.filter(({ rows }) => rows >= minRows);
  const now = usable.at(-1);
  const before = usable.slice(0, -1).filter(({ hour }) => hour < since);
  const rowsBefore = before.reduce((sum, { rows }) => sum + rows, 0);
  if (!now || before.length < minHoursBefore || rowsBefore < minRowsBefore) return undefined;
  const change = nullsChange(now, before, rowsBefore) ?? levelsChange(now, before, rowsBefore);
  return change && { ...change, since: Math.min(since, now.hour) };
}

function nullsChange(now: ValueHour, before: readonly ValueHour[], rowsBefore: number): ValueChange | undefined {
  const share = now.nulls / now.rows;
  const shares = before.map(({ nulls, rows }) => nulls / rows);
  const outside = Math.max(share - Math.max(...shares), Math.min(...shares) - share);
  if (outside < minShareDifference) return undefined;
  const nullsBefore = before.reduce((sum, { nulls }) => sum + nulls, 0);
  const chance = fisherExact({
    reference: [nullsBefore, rowsBefore - nullsBefore],
    current: [now.nulls, now.rows - now.nulls],
  });
  if (chance >= maxChance) return undefined;
  return { kind: "nulls", now: share, before: nullsBefore / rowsBefore, rows: now.rows };
}

function levelsChange(now: ValueHour, before: readonly ValueHour[], rowsBefore: number): ValueChange | undefined {
  const levelsNow = now.levels;
  const levelsBefore = before.map(({ levels }) => levels);
  if (!levelsNow || levelsBefore.some((levels) => levels === null)) return undefined;
  const known = new Map<string, number>();
  for (const levels of levelsBefore)
    for (const [level, rows] of Object.entries(levels ?? {})) known.set(level, (known.get(level) ?? 0) + rows);
  if (known.size === 0) return undefined;
  const newLevels = Object.entries(levelsNow).filter(([level]) => !known.has(level));
  const newRows = newLevels.reduce((sum, [, rows]) => sum + rows, 0);
  const isEnough = newRows >= minNewRows && newRows / now.rows >= minNewShare;
  const table = { reference: [rowsBefore, 0], current: [now.rows - newRows, newRows] };
  if (isEnough && fisherExact(table) < maxChance) {
    const levels = newLevels.sort(([, one], [, other]) => other - one).map(([level]) => level);
    return { kind: "new-levels", levels: levels.slice(0, 5), now: newRows / now.rows, rows: now.rows };
  }
  const valuesNow = now.rows - now.nulls;
  for (const [level, rows] of known) {
    if (Object.hasOwn(levelsNow, level) || valuesNow < minRows) continue;
    const shares = before.map((hour) => rowsOf(hour, level) / hour.rows);
    const share = rows / rowsBefore;
    if (Math.min(...shares) >= minShareDifference && (1 - share) ** valuesNow < maxChance)
      return { kind: "lost-level", level, before: share, rows: now.rows };
  }
  return undefined;
}

function rowsOf({ levels }: ValueHour, level: string): number {
  return levels && Object.hasOwn(levels, level) ? (levels[level] ?? 0) : 0;
}
