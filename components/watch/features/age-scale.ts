import type { ViewPoint } from "#server/watch/features/contract.ts";

const units = [
  { unit: "d", ms: 86_400_000, from: 3 * 86_400_000 },
  { unit: "h", ms: 3_600_000, from: 2 * 3_600_000 },
  { unit: "min", ms: 60_000, from: 2 * 60_000 },
] as const;

/** Returns the unit in which ages and the limit of a view are short numbers, and its milliseconds. */
export function ageScale(
  points: readonly Pick<ViewPoint, "ageMs" | "lagMs">[],
  ttlUs: number | null,
): { unit: string; ms: number } {
  const greatest = Math.max((ttlUs ?? 0) / 1000, ...points.flatMap(({ ageMs, lagMs }) => [ageMs.p95 ?? 0, lagMs ?? 0]));
  const { unit, ms } = units.find(({ from }) => greatest >= from) ?? { unit: "s", ms: 1000 };
  return { unit, ms };
}
