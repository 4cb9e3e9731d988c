import { archiveKpi } from "#server/report/kpis/archive-kpi.ts";
import { KpiDefinition } from "#server/report/kpis/contract.ts";
import { createKpi } from "#server/report/kpis/create-kpi.ts";
import { getKpi, listKpis } from "#server/report/kpis/queries.ts";
import { recordKpiEvents } from "#server/report/kpis/record-kpi-events.ts";
import { getKpiResults } from "#server/report/kpis/result-queries.ts";
import { getKpiReturn } from "#server/report/kpis/returns/queries.ts";
import { updateKpi } from "#server/report/kpis/update-kpi.ts";
import { walkLineage } from "#server/report/lineage/queries.ts";
import { getDigest } from "#server/report/reports/digest/queries.ts";
import { setDigest } from "#server/report/reports/digest/set-digest.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { tickReview } from "#server/report/reports/reviews/tick-review.ts";
import { untickReview } from "#server/report/reports/reviews/untick-review.ts";
import type { Calls } from "./call.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsCalls = {
  getReport: (ctx) => getReport(ctx, { name: "2026-W19" }),
  getReview: (ctx) => getReview(ctx, { name: "2026-W19" }),
  getDigest: (ctx) => getDigest(ctx, { hasMailServer: false }),
  setDigest: (ctx) => setDigest(ctx, { isOn: true }),
  tickReview: (ctx) => tickReview(ctx, { name: "2026-W19", item: "deploys" }),
  untickReview: (ctx) => untickReview(ctx, { name: "2026-W19", item: "labels" }),
  walkLineage: (ctx, { featureView }) => walkLineage(ctx, { kind: "feature-view", id: featureView }),
  listKpis: (ctx) => listKpis(ctx),
  getKpi: (ctx, { kpi }) => getKpi(ctx, { kpi }),
  getKpiResults: (ctx, { kpi }) => getKpiResults(ctx, { kpi }),
  getKpiReturn: (ctx, { kpi, endpoint }) => getKpiReturn(ctx, { kpi, endpoint }),
  createKpi: (ctx) => createKpi(ctx, { name: "refund" }),
  updateKpi: (ctx, { kpi }) => updateKpi(ctx, { kpi, definition: KpiDefinition.parse({}) }),
  archiveKpi: (ctx, { kpi }) => archiveKpi(ctx, { kpi }),
  recordKpiEvents: (ctx, { kpi }) => recordKpiEvents(ctx, { kpi, events: [{ requestId: "x" }] }),
} as const satisfies Calls;
