import type { Database } from "#db/client.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import type { SpanState } from "../state/contract.ts";
import { addPacked, type unpackState } from "../state/unpack-state.ts";
import type { Grain, StateSeries } from "./contract.ts";
import { findRowsOf, type RowsOf, type StateRow } from "./find-rows.ts";
import { ceilTo, floorTo, retainedSpan } from "./grains.ts";

/** Requested states of a key. */
export interface SeriesOf extends RowsOf {
  wanted: NonNullable<Parameters<typeof unpackState>[1]>;
}

interface Steps {
  from: Date;
  to: Date;
  /** As of StateSeriesQuestion. */
  stepMs: number;
}

/**
 * Reads states step by step for several keys, in their order, in one query; steps of days are UTC days. A step without rows is absent.
 * The caller has checked permissions, and that the keys belong to its workspace.
 */
export async function readSeries(
  db: Database,
  keys: readonly SeriesOf[],
  { from, to, stepMs }: Steps,
): Promise<StateSeries["points"][]> {
  const grain: Grain = stepMs % dayMs === 0 ? "day" : stepMs % hourMs === 0 ? "hour" : "minute";
  const kept = retainedSpan({ from: from.getTime(), to: to.getTime() }, Date.now());
  const span = {
    from: stepMs < dayMs ? Math.floor(kept.from / stepMs) * stepMs : floorTo(kept.from, "day"),
    to: ceilTo(kept.to, grain),
  };
  const found = await findRowsOf(db, keys, span, grain);
  return keys.map(({ wanted }, index) => pointsOf(found[index] ?? [], wanted, { from: span.from, stepMs }));
}

function pointsOf(
  rows: readonly StateRow[],
  wanted: SeriesOf["wanted"],
  { from, stepMs }: { from: number; stepMs: number },
): StateSeries["points"] {
  const states = new Map<number, SpanState>();
  for (const row of rows) {
    const start = from + Math.floor((row.start - from) / stepMs) * stepMs;
    const state = states.get(start) ?? { rows: 0, features: [], scores: new Map() };
    states.set(start, state);
    addPacked(state, row.state, wanted);
  }
  return [...states]
    .sort(([a], [b]) => a - b)
    .map(([start, state]) => ({ start: new Date(start), rows: state.rows, state }));
}
