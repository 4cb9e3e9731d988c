import { numbersOf } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import type { Point } from "../log-contract.ts";
import { addLatePoints } from "./add-late-points.ts";
import { appendToSeries } from "./append-statement.ts";
import { attachToModels } from "./attach-to-models.ts";
import { storedValue } from "./check-batch.ts";
import { type Chunk, toChunks } from "./chunks.ts";
import { latestOf, type StoredPoint, sortedSet } from "./stored-point.ts";

/** Minimum number of points of one series in a batch that are stored as a chunk; fewer stay points until the worker packs them. */
const minToPack = 32;

/** New points of one series in a batch. */
interface Brought {
  key: string;
  latest: StoredPoint;
  points: StoredPoint[];
  /** The points, when there are enough. */
  chunks: Chunk[];
}

/**
 * Stores points of a run that the caller's transaction has locked: the series with their latest points, and all points. A point
 * that is there already is not stored again, NaN included. The latest point of a series is the one with the greatest
 * (step, timestamp, value), NaN counting as 0.
 */
export async function appendPoints(ctx: Context, runId: string, points: readonly Point[]): Promise<void> {
  if (points.length === 0) return;
  const brought = [...Map.groupBy(points, ({ key }) => key)].map(bySeries);
  const left = await appendToSeries(ctx.db, {
    workspaceId: ctx.actor.workspaceId,
    runId,
    ...seriesColumns(brought),
    ...chunkColumns(brought),
    ...pointColumns(brought),
  });
  // Sent again, or out of order.
  if (left.length > 0) {
    await addLatePoints(ctx, new Map(left.map(({ place: position, id }) => [id, brought[position - 1]?.points ?? []])));
  }
  await attachToModels(ctx, runId, points);
}

function bySeries([key, sent]: [string, Point[]]): Brought {
  const points = sortedSet(sent.map(({ step, timestamp, value }) => ({ step, timestamp, value: storedValue(value) })));
  return { key, latest: latestOf(points), points, chunks: points.length >= minToPack ? toChunks(points, false) : [] };
}

// Indices are counted from 1, as in SQL.

function seriesColumns(brought: readonly Brought[]) {
  const column = (read: (series: Brought) => number | undefined) => numbersOf(brought.map(read));
  return {
    keys: brought.map(({ key }) => key),
    steps: column(({ latest }) => latest.step),
    timestamps: column(({ latest }) => latest.timestamp),
    values: column(({ latest }) => latest.value),
    firstSteps: column(({ chunks }) => chunks[0]?.firstStep),
    firstTimestamps: column(({ chunks }) => chunks[0]?.firstTimestamp),
    lastSteps: column(({ chunks }) => chunks.at(-1)?.lastStep),
    lastTimestamps: column(({ chunks }) => chunks.at(-1)?.lastTimestamp),
    lastValues: column(({ chunks }) => chunks.at(-1)?.lastValue),
  };
}

function chunkColumns(brought: readonly Brought[]) {
  const all = brought.flatMap(({ chunks }, index) => chunks.map((chunk) => ({ chunk, place: index + 1 })));
  const column = (read: (chunk: Chunk) => number | null) => numbersOf(all.map(({ chunk }) => read(chunk)));
  return {
    chunkPlaces: numbersOf(all.map(({ place: position }) => position)),
    chunkFirstSteps: column(({ firstStep }) => firstStep),
    chunkFirstTimestamps: column(({ firstTimestamp }) => firstTimestamp),
    chunkFirstValues: column(({ firstValue }) => firstValue),
    chunkLastSteps: column(({ lastStep }) => lastStep),
    chunkLastTimestamps: column(({ lastTimestamp }) => lastTimestamp),
    chunkLastValues: column(({ lastValue }) => lastValue),
    chunkEarliest: column(({ earliest }) => earliest),
    chunkLatest: column(({ latest }) => latest),
    chunkPoints: column(({ points }) => points),
    chunkNanSteps: column(({ nanStep }) => nanStep),
    chunkData: all.map(({ chunk }) => chunk.data),
  };
}

function pointColumns(brought: readonly Brought[]) {
  const all = brought.flatMap(({ points, chunks }, index) =>
    chunks.length > 0 ? [] : points.map((point) => ({ point, place: index + 1 })),
  );
  const column = (read: (point: StoredPoint) => number) => numbersOf(all.map(({ point }) => read(point)));
  return {
    pointPlaces: numbersOf(all.map(({ place: position }) => position)),
    pointSteps: column(({ step }) => step),
    pointTimestamps: column(({ timestamp }) => timestamp),
    pointValues: column(({ value }) => value),
  };
}
