import { type Context, systemContext } from "#server/base/context.ts";
import { spendSummary } from "#server/watch/cost/report/spend-summary.ts";

/** What serving an endpoint cost in whole days; null where nothing has a price. For who was let in already. */
export async function costOf(ctx: Context, endpointId: string, span: { from: Date; to: Date }): Promise<number | null> {
  const reader = systemContext(ctx.db, ctx.actor.workspaceId, "kpi-return");
  const { currency, endpoints } = await spendSummary(reader, span);
  if (currency === null) return null;
  return endpoints.find((endpoint) => endpoint.endpointId === endpointId)?.spent ?? null;
}
