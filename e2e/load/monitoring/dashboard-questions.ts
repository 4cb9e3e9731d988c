import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { getReport, refreshReport } from "#server/report/reports/get-report.ts";
import { periodOf } from "#server/report/reports/periods.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { budgetHistory } from "#server/respond/budget-spending/budget-history.ts";
import { listBudgetConsumers } from "#server/respond/budget-spending/list-budget-consumers.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { getBatching } from "#server/respond/debug/batching-queries.ts";
import { getLatencyHeatMap } from "#server/respond/debug/heat-map-queries.ts";
import { compareSegments } from "#server/respond/debug/segment-queries.ts";
import { listWatchingRules } from "#server/respond/debug/watching-queries.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { getViolations } from "#server/serve/protection/protection-queries.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { getCostPage, getCosts } from "#server/watch/cost/report/queries.ts";
import { getDrift } from "#server/watch/monitoring/drift/report/get-drift.ts";
import { getDriftHistory } from "#server/watch/monitoring/drift/report/get-drift-history.ts";
import { getFeatureDrift } from "#server/watch/monitoring/drift/report/get-feature-drift.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { listSegments, readStateSeries, readStates } from "#server/watch/monitoring/history/queries.ts";
import { getIntegrity } from "#server/watch/monitoring/integrity/queries.ts";
import {
  getQuality,
  getQualityBoard,
  getQualityHistory,
  listQuality,
} from "#server/watch/monitoring/quality/queries.ts";
import { getSlo, listSlos } from "#server/watch/slo/objectives/queries.ts";
import type { Promised } from "./promises.ts";

export type Questions = Record<string, () => Promise<unknown>>;

/** Spans that end at a moment, as pages ask for them. */
function spansAt(endpointId: string, now: number) {
  const back = (ms: number) => ({ endpointId, from: new Date(now - ms), to: new Date(now) });
  return { day: back(dayMs), threeDays: back(3 * dayMs), week: back(7 * dayMs), month: back(30 * dayMs) };
}

/** Returns the queries of the pages about one endpoint's data and predictions. */
export function monitoringQuestions(ctx: Context, { endpointId }: { endpointId: string }, now: number): Questions {
  const { day, week, month } = spansAt(endpointId, now);
  const ragged = { endpointId, from: new Date(now - 9 * dayMs - 7 * 60_000), to: new Date(now - 3 * 60_000) };
  const feature = "temperature";
  return {
    "states 30 d": () => readStates(ctx, month),
    "states 9 d, ends in hours": () => readStates(ctx, ragged),
    "states of a segment": () => readStates(ctx, { ...month, segment: "origin=JFK" }),
    "days of 30 d": () => readStateSeries(ctx, { ...month, stepMs: dayMs }),
    "hours of 7 d, one feature": () =>
      readStateSeries(ctx, { ...week, stepMs: hourMs, features: [feature], scores: false }),
    segments: () => listSegments(ctx, month),
    "drift 24 h": () => getDrift(ctx, { endpointId, range: "24h" }),
    "drift 30 d": () => getDrift(ctx, { endpointId, range: "30d" }),
    "drift of a feature": () => getFeatureDrift(ctx, { endpointId, feature, range: "30d" }),
    "drift history": () => getDriftHistory(ctx, { endpointId, feature, length: "day", limit: 90 }),
    "drift list": () => listDrift(ctx),
    "data quality 24 h": () => getIntegrity(ctx, { endpointId, range: "24h" }),
    "data quality 30 d": () => getIntegrity(ctx, { endpointId, range: "30d" }),
    "quality 24 h": () => getQuality(ctx, day),
    "quality 30 d": () => getQuality(ctx, month),
    "quality history 30 d": () => getQualityHistory(ctx, month),
    "quality board": () => getQualityBoard(ctx, month),
    "quality list": () => listQuality(ctx, month),
  };
}

/** Returns the queries of the debug page, the page of an endpoint and the list of endpoints. */
export function trafficQuestions(ctx: Context, { endpointId }: { endpointId: string }, now: number): Questions {
  const { day, threeDays, week, month } = spansAt(endpointId, now);
  const series = (span: typeof day, stepSeconds: number) => () => getEndpointSeries(ctx, { ...span, stepSeconds });
  const log = { limit: 12, tensors: "small" as const };
  return {
    "traffic 24 h": series(day, 600),
    "traffic 3 d": series(threeDays, 1800),
    "traffic 7 d": series(week, 3600),
    "traffic 30 d": series(month, 21_600),
    "heat map 24 h": () => getLatencyHeatMap(ctx, day),
    "heat map 3 d": () => getLatencyHeatMap(ctx, threeDays),
    "heat map 7 d": () => getLatencyHeatMap(ctx, week),
    "heat map 30 d": () => getLatencyHeatMap(ctx, month),
    "requests, failed and kept": async () => {
      await listPredictions(ctx, { ...week, ...log, failed: true });
      await listPredictions(ctx, { ...week, ...log });
    },
    "segments side by side, 7 d": () => compareSegments(ctx, { ...week, a: "latency > 6ms", b: "" }),
    "where time goes, 30 d": () => getBatching(ctx, month),
    "rules that watch": () => listWatchingRules(ctx, { endpointId }),
    changes: () => listChanges(ctx, { ...month, limit: 100 }),
    "violations 7 d": () => getViolations(ctx, week),
    "endpoints list": () => listEndpoints(ctx),
  };
}

/** Returns the queries of the overview, reviews, costs, SLOs and the triage board. */
export function workspaceQuestions(ctx: Context, { slo, groupId }: Promised, now: number): Questions {
  return {
    "overview, kept": () => getReport(ctx),
    "overview, computed anew": () => refreshReport(ctx, periodOf("week", now, "UTC")),
    "overview, now": () => getOverview(ctx),
    "review of the week": () => getReview(ctx),
    "review of the month": () => getReview(ctx, { cadence: "month" }),
    costs: () => getCosts(ctx, {}),
    "costs and savings": () => getCostPage(ctx, {}),
    "SLO list": () => listSlos(ctx),
    "SLO page": async () => {
      await getSlo(ctx, { slo });
      await Promise.all([budgetHistory(ctx, { slo }), listBudgetConsumers(ctx, { slo })]);
    },
    "on-call queue": () => listQueue(ctx, { limit: 200 }),
    "on-call board": () => getTriage(ctx, { groupId }),
  };
}
