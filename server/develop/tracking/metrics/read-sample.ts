import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { decodeColumns, decodeSteps } from "./chunk-codec.ts";
import { partsSql, type StoredPart, seriesOf } from "./read-points.ts";
import { sampleSteps, sorted } from "./sample-steps.ts";
import { type StoredPoint, sortedSet } from "./stored-point.ts";

interface Range {
  start: number;
  end: number;
}

/**
 * Reads the points of each series at a sample of the steps of all of them, in the order of (step, timestamp, value). Of most chunks only
 * the steps are read; chunks with a chosen step are read with all columns. The ids are of the caller's workspace.
 * @param limit see sampleSteps. @param range of steps, both ends included.
 */
export async function readSample(
  ctx: Context,
  seriesIds: readonly number[],
  limit: number,
  range: Range = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER },
): Promise<Map<number, StoredPoint[]>> {
  if (seriesIds.length === 0) return new Map();
  const { start, end } = range;
  const { rows } = await ctx.db.execute<StoredPart>(
    partsSql(seriesOf(seriesIds), {
      chunks: sql`chunk.last_step >= ${start} and chunk.first_step <= ${end}`,
      points: sql`point.step between ${start} and ${end}`,
    }),
  );
  const bySeries = [...Map.groupBy(rows, (row) => row.series_id)];
  const steps = bySeries.map(([, parts]) => sorted(parts.map((part) => stepsOf(part, range))));
  const chosen = sampleSteps(
    steps.filter(({ length }) => length > 0),
    limit,
  );
  return new Map(bySeries.map(([id, parts]) => [id, sortedSet(parts.flatMap((part) => pointsAt(part, chosen)))]));
}

function stepsOf({ data, points, first_step, last_step }: StoredPart, { start, end }: Range): Float64Array {
  if (!data) return Float64Array.of(first_step);
  const steps = decodeSteps(data, points);
  return first_step >= start && last_step <= end ? steps : steps.filter((step) => step >= start && step <= end);
}

/** Returns the points of a part at some steps, which must be in order. */
function pointsAt(part: StoredPart, chosen: Float64Array): StoredPoint[] {
  let next = firstFrom(chosen, part.first_step);
  if (next === chosen.length || (chosen[next] as number) > part.last_step) return [];
  if (!part.data) return [{ step: part.first_step, timestamp: part.earliest, value: part.value as number }];
  const { steps, timestamps, values } = decodeColumns(part.data, part.points);
  const found: StoredPoint[] = [];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as number;
    while (next < chosen.length && (chosen[next] as number) < step) next++;
    if (step !== chosen[next]) continue;
    found.push({ step, timestamp: timestamps[index] as number, value: values[index] as number });
  }
  return found;
}

/** Returns the index of the first of some sorted numbers that is not below a limit. */
function firstFrom(numbers: Float64Array, least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
