import { archiveKpi } from "#server/kpis/archive-kpi.ts";
import { KpiDefinition } from "#server/kpis/contract.ts";
import { createKpi } from "#server/kpis/create-kpi.ts";
import { getKpi, listKpis } from "#server/kpis/queries.ts";
import { recordKpiEvents } from "#server/kpis/record-kpi-events.ts";
import { getKpiResults } from "#server/kpis/result-queries.ts";
import { getKpiReturn } from "#server/kpis/returns/queries.ts";
import { updateKpi } from "#server/kpis/update-kpi.ts";
import { getDigest } from "#server/reports/digest/queries.ts";
import { setDigest } from "#server/reports/digest/set-digest.ts";
import { getReport } from "#server/reports/get-report.ts";
import { getReview } from "#server/reports/reviews/get-review.ts";
import { tickReview } from "#server/reports/reviews/tick-review.ts";
import { untickReview } from "#server/reports/reviews/untick-review.ts";
import type { Calls } from "./call.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsCalls = {
  getReport: (ctx) => getReport(ctx, { name: "2026-W19" }),
  getReview: (ctx) => getReview(ctx, { name: "2026-W19" }),
  getDigest: (ctx) => getDigest(ctx, { hasMailServer: false }),
  setDigest: (ctx) => setDigest(ctx, { isOn: true }),
  tickReview: (ctx) => tickReview(ctx, { name: "2026-W19", item: "deploys" }),
  untickReview: (ctx) => untickReview(ctx, { name: "2026-W19", item: "labels" }),
  listKpis: (ctx) => listKpis(ctx),
  getKpi: (ctx, { kpi }) => getKpi(ctx, { kpi }),
  getKpiResults: (ctx, { kpi }) => getKpiResults(ctx, { kpi }),
  getKpiReturn: (ctx, { kpi, endpoint }) => getKpiReturn(ctx, { kpi, endpoint }),
  createKpi: (ctx) => createKpi(ctx, { name: "refund" }),
  updateKpi: (ctx, { kpi }) => updateKpi(ctx, { kpi, definition: KpiDefinition.parse({}) }),
  archiveKpi: (ctx, { kpi }) => archiveKpi(ctx, { kpi }),
  recordKpiEvents: (ctx, { kpi }) => recordKpiEvents(ctx, { kpi, events: [{ requestId: "x" }] }),
} as const satisfies Calls;
