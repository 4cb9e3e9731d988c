import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { rollUpWindows } from "#server/serve/hours/roll-up-windows.ts";
import { storePredictions, toLine } from "#server/serve/telemetry/store-predictions.ts";
import { storeWindows } from "#server/serve/telemetry/store-windows.ts";
import { emptyCounts, type WindowCounts } from "#server/serve/telemetry/window-counts.ts";
import { addTo } from "#server/stats/histogram.ts";
import { seededRandom } from "#server/stats/random.ts";
import { meterUsage } from "#server/watch/cost/metering/meter-usage.ts";
import type { PackedMinute, StateKey } from "#server/watch/monitoring/history/contract.ts";
import { rollUpStates } from "#server/watch/monitoring/history/roll-up-states.ts";
import { storeStates } from "#server/watch/monitoring/history/store-states.ts";
import { addValue } from "#server/watch/monitoring/state/add-value.ts";
import type { FeatureState, ProfiledFeature, SpanState } from "#server/watch/monitoring/state/contract.ts";
import { emptyState } from "#server/watch/monitoring/state/empty-state.ts";
import { packState } from "#server/watch/monitoring/state/pack-state.ts";
import { addScore, emptyScores } from "#server/watch/monitoring/state/scores.ts";
import { drawFlights, type FlightColumns, profileOf } from "./flight-rows.ts";
import { insertProfile } from "./insert-profile.ts";

export interface HistoryOptions {
  /** Name of the existing model and its endpoint. */
  name: string;
  days: number;
  predictions: number;
  /** Milliseconds since 1970: the end. */
  now: number;
  /** Share that the prediction log has. */
  loggedShare: number;
}

export interface LoadedHistory {
  endpointId: string;
  versionId: string;
  profileId: string;
}

const [minuteMs, windowMs] = [60_000, 10_000];
const poolRows = 20_000;
const labelAgeMs = 2 * dayMs;

/**
 * Loads a month of an endpoint's traffic through the writers that gateways and the worker use: minutes of states, rolled up as they would
 * have been day by day (before the last three days each row holds ten minutes, which is equivalent once it is rolled up); windows of
 * requests; a share of them in the prediction log, with labels two days later. The weather grows warmer from the twentieth day on, and a
 * carrier appears that is not in the reference.
 */
export async function loadHistory(ctx: Context, options: HistoryOptions): Promise<LoadedHistory> {
  const { name } = options;
  const { id: endpointId } = await findEndpoint(ctx, name);
  const features = profileOf(drawFlights(poolRows, { warmth: 0, newCarrierShare: 0 }, 1));
  const { versionId, profileId } = await insertProfile(ctx, { model: name }, poolRows, features);
  const key: StateKey = {
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable",
    segment: "",
    profileId,
  };
  const first = Math.floor((options.now - options.days * dayMs) / dayMs) * dayMs;
  for (let day = first, at = 0; day < options.now; day += dayMs, at += 1) {
    const drift = Math.max(0, (at + 1 - 0.66 * options.days) / options.days);
    const pool = drawFlights(poolRows, { warmth: 2 * drift, newCarrierShare: 0.1 * drift }, 2 + at);
    const end = Math.min(day + dayMs, options.now);
    const rows = (options.predictions / options.days) * ((end - day) / dayMs);
    const isRecent = end > options.now - 3 * dayMs - hourMs;
    await loadStates(ctx, key, features, pool, { day, end, rows, spanMs: isRecent ? minuteMs : 10 * minuteMs });
    await loadWindows(ctx, key, { day, end, rows });
    await loadLog(ctx, key, pool, { day, end, rows: rows * options.loggedShare, now: options.now });
    // At seven minutes past, all states are rolled up.
    await rollUpStates(ctx, Math.floor(end / hourMs) * hourMs + 7 * minuteMs);
  }
  await rollUpStates(ctx, options.now);
  // At the full hour, all windows are rolled up.
  await rollUpWindows(ctx, Math.floor(options.now / hourMs) * hourMs);
  await rollUpWindows(ctx, options.now);
  await meterUsage(ctx.db, { from: first, to: options.now });
  await ctx.db.execute(sql`analyze`);
  return { endpointId, versionId, profileId };
}

interface Day {
  day: number;
  end: number;
  rows: number;
}

async function loadStates(
  ctx: Context,
  key: StateKey,
  features: readonly ProfiledFeature[],
  pool: FlightColumns,
  { day, end, rows, spanMs }: Day & { spanMs: number },
): Promise<void> {
  const random = seededRandom(day / dayMs);
  let minutes: PackedMinute[] = [];
  for (let start = day; start < end; start += spanMs) {
    const share = busyness(start) * (Math.min(spanMs, end - start) / (end - day));
    const states = new Map<string, SpanState>();
    const offset = Math.floor(random() * poolRows);
    for (let row = 0; row < Math.round(rows * share); row += 1)
      addRow(states, features, pool, (offset + row) % poolRows);
    for (const [segment, state] of states)
      minutes.push({ ...key, segment, start, rows: state.rows, state: packState(state) });
    if (minutes.length < 100) continue;
    await storeStates(ctx.db, "load", minutes);
    minutes = [];
  }
  await storeStates(ctx.db, "load", minutes);
}

function addRow(
  states: Map<string, SpanState>,
  features: readonly ProfiledFeature[],
  pool: FlightColumns,
  row: number,
): void {
  for (const segment of ["", `origin=${pool.get("origin")?.[row]}`]) {
    const state = states.get(segment) ?? emptyState(features);
    states.set(segment, state);
    state.rows += 1;
    for (let index = 0; index < features.length; index += 1) {
      const { name, profile } = features[index] as ProfiledFeature;
      addValue(state.features[index] as FeatureState, profile, pool.get(name)?.[row]);
    }
    const scores = state.scores.get("") ?? emptyScores();
    state.scores.set("", scores);
    addScore(scores, pool.get("score")?.[row] as number);
  }
}

async function loadWindows(
  ctx: Context,
  { segment: _, profileId: _profile, ...key }: StateKey,
  { day, end, rows }: Day,
): Promise<void> {
  const random = seededRandom(day / dayMs + 1);
  const windows: WindowCounts[] = [];
  for (let start = day; start < end; start += windowMs) {
    const requests = Math.round(rows * busyness(start) * (windowMs / (end - day)) * (0.8 + 0.4 * random()));
    const counts = emptyCounts({ ...key, provider: "cpu" }, start);
    const failed = random() < 0.02 ? 1 : 0;
    Object.assign(counts, { requests, rows: requests - failed, failures: failed > 0 ? { 500: failed } : {} });
    Object.assign(counts, {
      latencySumMs: 6 * requests,
      queueSumMs: requests,
      computeSumMs: 3 * requests,
      deviceSumMs: 3 * requests,
    });
    for (let request = 0; request < requests; request += 1) addTo(counts.latencyBuckets, 4 + 8 * random() ** 3);
    windows.push(counts);
  }
  await storeWindows(ctx.db, "load", windows);
}

async function loadLog(
  ctx: Context,
  key: StateKey,
  pool: FlightColumns,
  { day, end, rows, now }: Day & { now: number },
): Promise<void> {
  const { workspaceId, endpointId, versionId } = key;
  const random = seededRandom(day / dayMs + 2);
  const labels: { requestId: string; label: string; at: string }[] = [];
  let lines: string[] = [];
  for (let row = 0; row < Math.round(rows); row += 1) {
    const at = day + Math.floor(random() * (end - day));
    const from = Math.floor(random() * poolRows);
    const read = (name: string) => pool.get(name)?.[from] as number | string;
    const score = Number(read("score"));
    const requestId = randomUUID();
    const inputs = [...pool.keys()]
      .filter((name) => name !== "prediction" && name !== "score")
      .map((name) => ({
        name,
        shape: [1],
        data: [read(name)],
        datatype: typeof read(name) === "string" ? ("BYTES" as const) : ("FP64" as const),
      }));
    lines.push(
      toLine({
        id: randomUUID(),
        workspaceId,
        endpointId,
        versionId,
        arm: "stable",
        at: new Date(at).toISOString(),
        requestId,
        status: 200,
        error: null,
        provider: "cpu",
        latencyMs: 6,
        parts: null,
        batchRows: null,
        source: "model",
        loggedReason: "sampled",
        caller: "load",
        traceId: null,
        answer: String(read("prediction")),
        outputIndex: score >= 0.5 ? 1 : 0,
        confidence: Math.max(score, 1 - score),
        pipelineDigest: null,
        cascade: null,
        rollout: null,
        cost: null,
        inputs,
        outputs: [{ name: "y", datatype: "FP32", shape: [1, 2], data: [1 - score, score] }],
      }),
    );
    // The world is a little less sure than the model.
    const isLate = random() < 0.5 + 0.9 * (score - 0.5);
    if (at < now - labelAgeMs && random() < 0.95)
      labels.push({ requestId, label: isLate ? "late" : "on time", at: new Date(at + labelAgeMs).toISOString() });
    if (lines.length < 1000) continue;
    await storePredictions(ctx.db, lines);
    lines = [];
  }
  if (lines.length > 0) await storePredictions(ctx.db, lines);
  await ctx.db.execute(sql`
    insert into prediction_labels (workspace_id, endpoint_id, request_id, label, observed_at, received_at)
    select ${workspaceId}::uuid, ${endpointId}::uuid, "requestId", label, at, at
    from jsonb_to_recordset(${JSON.stringify(labels)}::jsonb) as given("requestId" text, label text, at timestamptz)`);
}

/** Returns the traffic as a factor of the day's mean: low at night, high in the afternoon. */
function busyness(at: number): number {
  return 1 - 0.7 * Math.cos((2 * Math.PI * ((at % dayMs) - 3 * hourMs)) / dayMs);
}
