import { and, eq, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { selectSlos } from "#server/slo/objectives/slo-rows.ts";
import type { QualityObjective } from "../contract.ts";
import type { QualityMetric } from "../metrics/contract.ts";

/** What an endpoint's SLO promises of answers that are right, as far as that is the metric at hand. For who was let in already. */
export async function findObjective(
  ctx: Context,
  endpointId: string,
  metric: QualityMetric,
): Promise<QualityObjective | null> {
  if (metric !== "accuracy") return null;
  const found = await selectSlos(ctx, and(eq(slos.endpointId, endpointId), isNull(slos.archivedAt)));
  const of = (kind: string) => found.find(({ definition }) => definition.indicator?.kind === kind);
  const slo = of("realised-quality") ?? of("estimated-quality");
  return slo ? { value: slo.definition.target, slo: slo.name } : null;
}
