import type { Context } from "#server/base/context.ts";
import { createKpi } from "#server/report/kpis/create-kpi.ts";
import { recordKpiEvents } from "#server/report/kpis/record-kpi-events.ts";
import { tickReview } from "#server/report/reports/reviews/tick-review.ts";

/** Creates a KPI with an event that waits for its prediction. */
export async function count(ctx: Context, secret: string): Promise<{ kpi: string }> {
  const kpi = "order-value";
  await createKpi(ctx, { name: kpi, definition: { description: secret, unit: "EUR", better: "more" } });
  await recordKpiEvents(ctx, { kpi, events: [{ requestId: "not-yet-here" }] });
  await tickReview(ctx, { name: "2026-W19", item: "labels", note: secret });
  return { kpi };
}
