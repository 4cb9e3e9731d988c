import type { CategoricalProfile, CategoricalState } from "../../state/contract.ts";

/** Level that disappeared, and the level that replaced it. */
export interface FoundRenaming {
  from: string;
  to: string;
  /** Part of the level's rows that have the new name, from 0 to 1. */
  share: number;
  /** Rows with the new name. */
  rows: number;
  /** Other possible former names, when only the shares indicate the renaming. */
  others: string[];
}

/** Level that disappeared without a replacement. */
export interface GoneLevel {
  level: string;
  /** Number of rows expected from the reference. */
  expected: number;
}

interface Fallen {
  level: string;
  expected: number;
  seen: number;
}

const minValues = 50;
/** Minimum expected rows of a level before its absence is evidence: by chance it has none once in 500 million windows. */
const minExpectedCount = 20;
/** Maximum distance in standard deviations at which two row counts are considered equal. */
const closeZ = 3;

/**
 * Finds renamed levels: one disappeared, completely or in part, and a level absent from the reference has as many rows as are missing.
 * Names that differ only in case, blanks or form are matched before any others.
 */
export function findRenamed(profile: CategoricalProfile, state: CategoricalState): FoundRenaming[] {
  if (state.count < minValues || profile.count < minValues) return [];
  const fallen = fallenLevels(profile, state);
  const renamed: FoundRenaming[] = [];
  for (const [to, rows] of [...state.unseenTop].sort((a, b) => b[1] - a[1])) {
    if (rows < Math.min(minExpectedCount, 0.05 * state.count)) continue;
    const open = fallen.filter(({ level }) => !renamed.some(({ from }) => from === level));
    const fitting = open
      .filter((one) => isMadeUp(one, rows, state.count, profile.count))
      .sort((a, b) => Math.abs(a.expected - a.seen - rows) - Math.abs(b.expected - b.seen - rows));
    const alike = open.find(({ level }) => isSameName(level, to));
    const best = alike ?? fitting[0];
    if (!best) continue;
    const others = alike ? [] : fitting.slice(1).map(({ level }) => level);
    renamed.push({ from: best.level, to, rows, share: Math.min(1, rows / (rows + best.seen)), others });
  }
  return renamed;
}

/** Finds levels without any rows although the reference predicts at least 20. */
export function findGone(profile: CategoricalProfile, state: CategoricalState): GoneLevel[] {
  return fallenLevels(profile, state).filter(({ seen }) => seen === 0);
}

/** Finds levels with far fewer rows than the reference predicts. */
function fallenLevels({ levels, count }: CategoricalProfile, state: CategoricalState): Fallen[] {
  return levels.flatMap(([level, inReference], index) => {
    const [expected, seen] = [(state.count * inReference) / count, state.levels[index] as number];
    const error = Math.sqrt(expected * (1 + state.count / count));
    return expected >= minExpectedCount && expected - seen > 5 * error ? [{ level, expected, seen }] : [];
  });
}

/** Whether a new name has as many rows as an old one has lost. */
function isMadeUp({ expected, seen }: Fallen, rows: number, window: number, reference: number): boolean {
  const error = Math.sqrt(expected * (1 + window / reference));
  return Math.abs(expected - seen - rows) <= closeZ * error;
}

/** Whether two names are equivalent: "UA" and "ua ", "1" and "1.0", "New York" and "new_york". */
function isSameName(one: string, other: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_\-.]+/g, "");
  const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
  if (isNumber(one) && isNumber(other)) return Number(one) === Number(other);
  return plain(one) !== "" && plain(one) === plain(other);
}
