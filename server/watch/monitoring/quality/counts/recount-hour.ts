import { and, eq, gte, lt, sql } from "drizzle-orm";
import { qualityHours, qualityMinutes } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { CountedSpan, PlacedSpan } from "./contract.ts";
import { PredictionCounter } from "./count-predictions.ts";
import { type DueHour, removeDueHour } from "./due-queue.ts";
import { mergeCounts } from "./merge-counts.ts";
import { spanMsOf } from "./minutes.ts";
import { PredictionReader } from "./prediction-reader.ts";
import { readPredictions } from "./read-predictions.ts";

interface Recount {
  endpointId: string;
  /** Start of the hour, in milliseconds since 1970. */
  hour: number;
  settings: MonitorSettings;
  /** Milliseconds since 1970. */
  now: number;
  reader?: PredictionReader;
  /** Place in the queue, which the hour leaves with its count. */
  due?: DueHour;
}

/**
 * Recounts a complete hour of predictions, and its minutes, which add up to it, if the endpoint is monitored in five-minute windows: labels
 * may arrive before their request is in the log, arrive late, or replace others. The operation is idempotent. Runs in the worker.
 */
export async function recountHour(
  ctx: Context,
  { endpointId, hour, settings, now, reader = new PredictionReader(), due }: Recount,
): Promise<void> {
  const tagNames = [...new Set([...settings.segmentBy, ...settings.fairness.groupBy])];
  const spanMs = spanMsOf(settings, hour, now);
  await transact(ctx, async (ctx) => {
    // Two workers at the same hour: the later one must see all that the earlier one saw.
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`quality ${endpointId} ${hour}`}, 0))`);
    const counter = new PredictionCounter(settings.tolerance, spanMs);
    const pages = readPredictions(ctx, { endpointId, hour, tagNames }, reader);
    for await (const page of pages) for (const prediction of page) counter.add(prediction);
    const spans = counter.spans();
    await keepHour(ctx, { endpointId, hour }, spans);
    await keepMinutes(ctx, { endpointId, hour }, spanMs < hourMs ? spans : []);
    if (due) await removeDueHour(ctx, { endpointId }, due);
  });
}

type Hour = Pick<Recount, "endpointId" | "hour">;

async function keepHour(ctx: Context, { endpointId, hour }: Hour, spans: readonly PlacedSpan[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.db
    .delete(qualityHours)
    .where(
      and(
        eq(qualityHours.workspaceId, workspaceId),
        eq(qualityHours.endpointId, endpointId),
        eq(qualityHours.hour, new Date(hour)),
      ),
    );
  if (spans.length === 0) return;
  const key = { workspaceId, endpointId, hour: new Date(hour), countedAt: new Date() };
  await ctx.db.insert(qualityHours).values(sumSpans(spans).map((one) => ({ ...one, ...key })));
}

const rowsAtOnce = 1000;

async function keepMinutes(ctx: Context, { endpointId, hour }: Hour, spans: readonly PlacedSpan[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.db
    .delete(qualityMinutes)
    .where(
      and(
        eq(qualityMinutes.workspaceId, workspaceId),
        eq(qualityMinutes.endpointId, endpointId),
        gte(qualityMinutes.minute, new Date(hour)),
        lt(qualityMinutes.minute, new Date(hour + hourMs)),
      ),
    );
  const rows = spans.map(({ at, ...one }) => ({ ...one, workspaceId, endpointId, minute: new Date(at) }));
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    await ctx.db.insert(qualityMinutes).values(rows.slice(first, first + rowsAtOnce));
  }
}

/** Spans of an hour as the hour itself: one a version, arm and segment. */
function sumSpans(spans: readonly CountedSpan[]): CountedSpan[] {
  const byKey = Map.groupBy(spans, ({ versionId, arm, segment }) => `${versionId} ${arm} ${segment}`);
  return [...byKey.values()].map((own) => {
    const { versionId, arm, segment } = own[0] as CountedSpan;
    const sum = (key: "predictions" | "labelled" | "revision") => own.reduce((total, one) => total + one[key], 0);
    return {
      versionId,
      arm,
      segment,
      predictions: sum("predictions"),
      labelled: sum("labelled"),
      counts: mergeCounts(own.map(({ counts }) => counts)),
      revision: sum("revision"),
    };
  });
}
