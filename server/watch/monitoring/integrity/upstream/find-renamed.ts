import type { CategoricalProfile, CategoricalState } from "../../state/contract.ts";

/** A level that went, and one that came in its place. */
export interface FoundRenaming {
  from: string;
  to: string;
  /** Part of the level's rows that have the new name, from 0 to 1. */
  share: number;
  /** Rows with the new name. */
  rows: number;
  /** What else it may have been called before, where shares alone speak for it. */
  others: string[];
}

/** A level that has gone, and nothing came for it. */
export interface GoneLevel {
  level: string;
  /** Rows that the reference lets expect. */
  expected: number;
}

interface Fallen {
  level: string;
  expected: number;
  seen: number;
}

const minValues = 50;
/** So many rows must be expected of a level before its absence says anything: by chance it has none once in 500 million windows. */
const minExpectedCount = 20;
/** How many standard deviations two numbers of rows may lie apart and still be the same. */
const closeZ = 3;

/**
 * Which levels have another name now: one went, wholly or in part, and a level that the reference never had came with as many rows as are
 * missing. Names that differ by case, blanks or form only are taken for the same before any other.
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

/** Levels of which nothing came although at least 20 rows were to be expected. */
export function findGone(profile: CategoricalProfile, state: CategoricalState): GoneLevel[] {
  return fallenLevels(profile, state).filter(({ seen }) => seen === 0);
}

/** Levels with far fewer rows than the reference lets expect. */
function fallenLevels({ levels, count }: CategoricalProfile, state: CategoricalState): Fallen[] {
  return levels.flatMap(([level, inReference], index) => {
    const [expected, seen] = [(state.count * inReference) / count, state.levels[index] as number];
    const error = Math.sqrt(expected * (1 + state.count / count));
    return expected >= minExpectedCount && expected - seen > 5 * error ? [{ level, expected, seen }] : [];
  });
}

/** Whether rows with a new name are as many as an old one lacks. */
function isMadeUp({ expected, seen }: Fallen, rows: number, window: number, reference: number): boolean {
  const error = Math.sqrt(expected * (1 + window / reference));
  return Math.abs(expected - seen - rows) <= closeZ * error;
}

/** Whether two names say the same: "UA" and "ua ", "1" and "1.0", "New York" and "new_york". */
function isSameName(one: string, other: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_\-.]+/g, "");
  const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
  if (isNumber(one) && isNumber(other)) return Number(one) === Number(other);
  return plain(one) !== "" && plain(one) === plain(other);
}
