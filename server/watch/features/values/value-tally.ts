import { z } from "zod";
import type { FeatureType, StoreValue } from "#server/develop/features/contract.ts";
import { levelName } from "../../monitoring/state/level-name.ts";

/** Values of one feature among some rows. */
export interface ValueTally {
  rows: number;
  nulls: number;
  /** Rows by level; null if the feature has no levels, or too many. */
  levels: Record<string, number> | null;
}

/** Levels as they are stored. Releases before this one could store a text as the count of a level: then there was at least one row. */
export const StoredLevels = z.record(z.string(), z.number().catch(1)).nullable();

/** More levels are no levels: names, addresses, free text. */
const maxLevels = 50;
const maxLevelLength = 100;

/** Whether the values of a feature may be levels. Those of personal data are not kept. */
export function hasLevels({ type, tags }: { type: FeatureType; tags?: Record<string, string> | undefined }): boolean {
  return (type === "string" || type === "bool") && !Object.hasOwn(tags ?? {}, "pii");
}

export function emptyValueTally(isOfLevels: boolean): ValueTally {
  return { rows: 0, nulls: 0, levels: isOfLevels ? noLevels() : null };
}

/** Without a prototype: values such as "constructor" are levels like others. */
const noLevels = (): Record<string, number> => Object.create(null);

/** Adds a value to a tally. */
export function addValue(tally: ValueTally, value: StoreValue): void {
  tally.rows += 1;
  if (value === null) {
    tally.nulls += 1;
    return;
  }
  const { levels } = tally;
  if (!levels) return;
  const level = levelName(String(value));
  levels[level] = (levels[level] ?? 0) + 1;
  if (level.length > maxLevelLength || Object.keys(levels).length > maxLevels) tally.levels = null;
}

/** Returns the sum of two tallies of one feature. */
export function mergeValueTallies(one: ValueTally, other: ValueTally): ValueTally {
  const sum = { rows: one.rows + other.rows, nulls: one.nulls + other.nulls };
  if (!one.levels || !other.levels) return { ...sum, levels: null };
  const levels = Object.assign(noLevels(), one.levels);
  for (const [level, rows] of Object.entries(other.levels)) levels[level] = (levels[level] ?? 0) + rows;
  return { ...sum, levels: Object.keys(levels).length > maxLevels ? null : levels };
}
