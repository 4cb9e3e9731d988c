import type { Direction, MetricValue } from "#server/develop/tracking/metrics/contract.ts";

interface RunWithValue {
  id: string;
  name: string;
  value: MetricValue | undefined;
}

/**
 * Returns the run that is best by a metric, for the action that registers it: the only one, or the one with the highest or lowest value.
 * Undefined if nothing says which is best.
 */
export function bestRun(runs: readonly RunWithValue[], direction: Direction): { id: string; name: string } | undefined {
  const [only] = runs;
  if (runs.length === 1 && only) return { id: only.id, name: only.name };
  if (direction === "unknown") return undefined;
  const sign = direction === "higher" ? 1 : -1;
  const measured = runs.flatMap(({ id, name, value }) =>
    typeof value === "number" && Math.abs(value) < Number.MAX_VALUE ? [{ id, name, worth: sign * value }] : [],
  );
  const [best] = measured.toSorted((a, b) => b.worth - a.worth);
  return best && { id: best.id, name: best.name };
}
