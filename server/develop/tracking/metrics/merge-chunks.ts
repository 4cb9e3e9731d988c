import { type Chunk, pointsPerChunk, toChunks } from "./chunks.ts";
import { comparePoints, type StoredPoint, sortedSet } from "./stored-point.ts";

/** A chunk with its points read. */
export interface OpenChunk extends Omit<Chunk, "data"> {
  content: StoredPoint[];
}

/** Current packing state of one series. */
export interface Unpacked {
  /** Points in no chunk, in order. */
  tail: readonly StoredPoint[];
  /** Chunks not merged yet, in order; they come after all settled ones. */
  unsettled: readonly OpenChunk[];
  /** The last settled chunk, and earlier ones that a point of the tail falls into: each starts at or before such a point. In order. */
  settled: readonly OpenChunk[];
}

export interface Merge {
  /** Settled chunks that are replaced; unsettled ones are anyway. */
  replaced: readonly OpenChunk[];
  added: Chunk[];
}

/**
 * Merges points into chunks that do not overlap, full except for the last one of each group. Points after all settled chunks, and
 * unsettled chunks, go to the end, together with the last settled chunk when it is not full. A late point goes into the chunk it
 * falls into or follows.
 */
export function mergeChunks({ tail, unsettled, settled }: Unpacked): Merge {
  const last = settled.at(-1);
  const isLate = (point: StoredPoint) => last !== undefined && comparePoints(point, endOf(last)) <= 0;
  const groups = new Map<OpenChunk | undefined, StoredPoint[]>();
  const into = (chunk: OpenChunk | undefined, points: readonly StoredPoint[]) => {
    groups.set(chunk, [...(groups.get(chunk) ?? chunk?.content ?? []), ...points]);
  };
  for (const point of tail.filter(isLate)) {
    into(
      settled.findLast((chunk) => comparePoints(startOf(chunk), point) <= 0),
      [point],
    );
  }
  const atEnd = [...unsettled.flatMap(({ content }) => content), ...tail.filter((point) => !isLate(point))];
  const isOpen = last !== undefined && (last.points < pointsPerChunk || groups.has(last));
  // Without a chunk to go into, late points come before all chunks, and the others after them.
  if (isOpen) into(last, atEnd);
  const added = [...groups.values(), ...(isOpen ? [] : [atEnd])];
  return {
    replaced: [...groups.keys()].filter((chunk) => chunk !== undefined),
    added: added.flatMap((points) => toChunks(sortedSet(points), true)),
  };
}

function startOf({ firstStep, firstTimestamp, firstValue }: OpenChunk): StoredPoint {
  return { step: firstStep, timestamp: firstTimestamp, value: firstValue };
}

function endOf({ lastStep, lastTimestamp, lastValue }: OpenChunk): StoredPoint {
  return { step: lastStep, timestamp: lastTimestamp, value: lastValue };
}
