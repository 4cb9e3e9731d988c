import { wilsonInterval } from "#server/stats/proportion.ts";

/** A request with a label. `at`: milliseconds since 1970. */
export interface LabelledRow {
  at: number;
  isRight: boolean;
}

/** Requests over which it is said that quality is back. */
const enough = 100;

/** Returns the share of requests that were right, with its 95 % interval (Wilson); NaN without any. */
export function shareRight(rows: readonly LabelledRow[]) {
  const count = rows.length;
  const share = rows.filter(({ isRight }) => isRight).length / count;
  if (count === 0) return { share: Number.NaN, low: Number.NaN, high: Number.NaN, count };
  const { low, high } = wilsonInterval({ share, count });
  return { share, low, high, count };
}

/** Finds when the last hundred requests were right as often as asked for, after a moment; undefined if they never were. */
export function whenBack(
  rows: readonly LabelledRow[],
  { from, atLeast }: { from: number; atLeast: number },
): number | undefined {
  const later = rows.filter(({ at }) => at >= from);
  for (let end = enough; end <= later.length; end += 1) {
    if (shareRight(later.slice(end - enough, end)).share >= atLeast) return later[end - 1]?.at;
  }
  return undefined;
}
