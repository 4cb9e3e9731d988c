import type { PreviewedLane, PreviewedPoint } from "#server/develop/features/training-sets/contract.ts";

/** Share of the width at which the time of the row stands; what comes after it is at the right. */
export const rowAt = 76;
const [left, right] = [1.5, 98];
/** Distances from the row grow logarithmically, from about this many microseconds on. */
const nearUs = 30_000_000;

export interface PlacedPoint extends PreviewedPoint {
  /** Position in percent of the width. */
  x: number;
  /** Position at which it became known, for one that was not known at the time of the row. */
  knownX: number | null;
}

interface PlacedLane {
  points: PlacedPoint[];
  /** From where values are within the TTL, up to the row; null without a TTL. */
  ttlX: number | null;
}

/**
 * Places the rows of a history beside the time of one row: earlier at the left, later at the right, on one logarithmic scale for all lanes, so that
 * minutes and days can be seen together.
 * @param at time of the row, in microseconds since 1970
 */
export function placeLanes(
  at: number,
  lanes: readonly Pick<PreviewedLane, "points">[],
  ttlsUs: readonly (number | null)[],
  labelAt: number | null,
): { lanes: PlacedLane[]; labelX: number | null } {
  const times = lanes.flatMap(({ points }) =>
    points.flatMap(({ eventAt, knownAt, state }) =>
      state === "not-known" && knownAt !== null ? [eventAt, knownAt] : [eventAt],
    ),
  );
  const distances = [...times, ...(labelAt === null ? [] : [labelAt])].map((time) => time - at);
  const before = Math.max(nearUs, ...distances.map((distance) => -distance));
  const after = Math.max(nearUs, ...distances);
  const place = (time: number) => {
    const distance = time - at;
    return distance <= 0
      ? rowAt - (rowAt - left) * Math.min(1, scale(-distance) / scale(before))
      : rowAt + (right - rowAt) * Math.min(1, scale(distance) / scale(after));
  };
  return {
    lanes: lanes.map(({ points }, index) => {
      const ttl = ttlsUs[index] ?? null;
      return {
        points: points.map((point) => ({
          ...point,
          x: place(point.eventAt),
          knownX: point.state === "not-known" && point.knownAt !== null ? place(point.knownAt) : null,
        })),
        ttlX: ttl === null ? null : place(at - ttl),
      };
    }),
    labelX: labelAt === null ? null : place(labelAt),
  };
}

function scale(us: number): number {
  return Math.log1p(us / nearUs);
}

/** Width of a letter in the labels, in percent of the width of a usual picture. */
const letterWidth = 1.05;

/** Returns where a label begins relative to its mark, so that it stays inside the picture. */
export function anchorAt(x: number): "start" | "middle" | "end" {
  return x < 12 ? "start" : x > 86 ? "end" : "middle";
}

/** Returns the labels that do not overlap one before them. The first is the most important one. */
export function wordsWithRoom<Word extends { x: number; text: string }>(words: readonly Word[]): Word[] {
  const placed: Word[] = [];
  for (const word of words) {
    const [start, end] = spanOf(word);
    const isFree = placed.every((other) => {
      const [from, to] = spanOf(other);
      return end < from || start > to;
    });
    if (isFree) placed.push(word);
  }
  return placed;
}

function spanOf({ x, text }: { x: number; text: string }): [number, number] {
  const width = text.length * letterWidth;
  const anchor = anchorAt(x);
  const start = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return [start, start + width];
}
