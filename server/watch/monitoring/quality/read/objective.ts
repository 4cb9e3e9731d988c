import { and, inArray, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { selectSlos } from "#server/watch/objectives/stored-slos.ts";
import type { QualityObjective } from "../contract.ts";

/**
 * Finds the objectives of SLOs on correct predictions, which is the metric accuracy, by endpoint; an endpoint without such an SLO is
 * absent. The caller has checked permissions.
 */
export async function findObjectives(
  ctx: Context,
  endpointIds: readonly string[],
): Promise<Map<string, QualityObjective>> {
  if (endpointIds.length === 0) return new Map();
  const kinds = ["realised-quality", "estimated-quality"] as const;
  const isOfKind = sql`${slos.definition} #>> '{indicator,kind}' = any(${sql.param([...kinds])}::text[])`;
  const found = await selectSlos(
    ctx,
    and(inArray(slos.endpointId, [...endpointIds]), isNull(slos.archivedAt), isOfKind),
  );
  const objectives = new Map<string, QualityObjective>();
  for (const kind of kinds) {
    for (const { endpointId, name, definition } of found) {
      if (definition.indicator?.kind !== kind || !endpointId || objectives.has(endpointId)) continue;
      objectives.set(endpointId, { value: definition.target, slo: name });
    }
  }
  return objectives;
}
