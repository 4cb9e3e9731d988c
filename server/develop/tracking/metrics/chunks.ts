import type { metricChunks } from "#db/schema/index.ts";
import { encodeChunk } from "./chunk-codec.ts";
import type { StoredPoint } from "./stored-point.ts";

/** A chunk as it lies in the table, but for the series it is of. */
export type Chunk = Omit<typeof metricChunks.$inferSelect, "seriesId">;

/** Chunk size with which four chunks fit a page of Postgres, and none is moved to a TOAST table, which does not return its space. */
export const pointsPerChunk = 160;

/** Cuts points, in order and each once, into chunks. */
export function toChunks(points: readonly StoredPoint[], isSettled: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < points.length; start += pointsPerChunk) {
    chunks.push(toChunk(points.slice(start, start + pointsPerChunk), isSettled));
  }
  return chunks;
}

function toChunk(points: readonly StoredPoint[], isSettled: boolean): Chunk {
  const [first, last] = [points[0] as StoredPoint, points.at(-1) as StoredPoint];
  const timestamps = points.map(({ timestamp }) => timestamp);
  return {
    firstStep: first.step,
    firstTimestamp: first.timestamp,
    firstValue: first.value,
    lastStep: last.step,
    lastTimestamp: last.timestamp,
    lastValue: last.value,
    earliest: Math.min(...timestamps),
    latest: Math.max(...timestamps),
    points: points.length,
    nanStep: points.find(({ value }) => Number.isNaN(value))?.step ?? null,
    isSettled,
    data: encodeChunk(points),
  };
}
