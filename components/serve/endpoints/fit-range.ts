import { fixedOf, keyOf, lengthLabel, wordsOf } from "./time-range.ts";

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, y: 365 * 86_400_000 };
const unitLabels: Record<string, string> = { m: "min", h: "h", d: "d", y: "y" };

/** A range that ends now, as a tab offers it. */
export interface RangeChoice {
  /** In the address: "7d". */
  key: string;
  label: string;
}

/** The range that a tab shows. */
export interface ShownRange extends RangeChoice {
  lengthMs: number;
  /** In a sentence: "last 7 d", "42 min from 2 Dec 2026, 14:20 UTC". */
  words: string;
  /** Milliseconds since 1970; undefined for a range that ends now. */
  fixed?: { from: number; to: number };
}

type Search = Record<string, string | string[] | undefined>;

/** Returns the length of a range by its key, "15m" to "1y", in milliseconds; undefined for other texts. */
function lengthOf(key: string | string[] | undefined): number | undefined {
  if (typeof key !== "string" || !/^\d{1,3}[mhdy]$/.test(key)) return undefined;
  return Number(key.slice(0, -1)) * (unitMs[key.slice(-1)] ?? 0) || undefined;
}

/** Formats the key of a range for people: "24h" as "24 h"; undefined for other texts. */
export function labelOfKey(key: string | null | undefined): string | undefined {
  return key && lengthOf(key) !== undefined ? `${key.slice(0, -1)} ${unitLabels[key.slice(-1)]}` : undefined;
}

/** Returns a choice as the range that a tab shows. */
export function shownRange({ key, label }: RangeChoice): ShownRange {
  return { key, label, lengthMs: lengthOf(key) ?? 0, words: `last ${label}` };
}

/**
 * Returns the range of a tab for the one that the address names, which another tab may have chosen. Between two moments: the same one, but at
 * least as long as the shortest choice and at most as long as the longest. Otherwise the same one, else the shortest that holds it, else the
 * longest. @param choices from narrow to wide @returns undefined where the address names none
 */
export function fitRange(search: Search, choices: readonly RangeChoice[], now = Date.now()): ShownRange | undefined {
  const fixed = fixedOf(search);
  if (fixed) return fitFixed(fixed, choices, now);
  const length = lengthOf(search.range);
  if (length === undefined) return undefined;
  const choice = choices.find(({ key }) => (lengthOf(key) ?? 0) >= length) ?? choices.at(-1);
  return choice && shownRange(choice);
}

function fitFixed(
  { from, to }: { from: number; to: number },
  choices: readonly RangeChoice[],
  now: number,
): ShownRange {
  const [shortest, longest] = [lengthOf(choices[0]?.key) ?? 0, lengthOf(choices.at(-1)?.key) ?? 0];
  const lengthMs = Math.min(longest, Math.max(shortest, to - from));
  // A wider one keeps its middle, and does not reach past now.
  const end = to - from < lengthMs ? Math.max(to, Math.min(now, (from + to + lengthMs) / 2)) : to;
  const fixed = { from: end - lengthMs, to: end };
  return { key: keyOf(fixed), label: lengthLabel(lengthMs), lengthMs, words: wordsOf(fixed), fixed };
}

/** Says that a tab shows a longer or shorter range than the address names; undefined where it shows that one. @param tab its label */
export function describeFit(search: Search, shown: ShownRange, tab: string): string | undefined {
  const fixed = fixedOf(search);
  const length = fixed ? fixed.to - fixed.from : lengthOf(search.range);
  if (length === undefined || length === shown.lengthMs) return undefined;
  const label = fixed ? lengthLabel(length) : labelOfKey(search.range as string);
  return length < shown.lengthMs
    ? `${label} is too short for ${tab}, so it shows ${shown.label}.`
    : `${tab} shows at most ${shown.label}, not ${label}.`;
}

/** Returns the moments of a range. @param now milliseconds since 1970 */
export function momentsOf({ lengthMs, fixed }: ShownRange, now: number): { from: Date; to: Date } {
  const { from, to } = fixed ?? { from: now - lengthMs, to: now };
  return { from: new Date(from), to: new Date(to) };
}
