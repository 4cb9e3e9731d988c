import { and, eq, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { SloDefinition } from "#server/watch/objectives/contract.ts";
import type { Promised } from "./against-objectives.ts";

/** Reads objectives of latency and accuracy by endpoint id. The caller has checked permissions. */
export async function readPromises(ctx: Context): Promise<Map<string, Promised[]>> {
  const rows = await ctx.db
    .select({ name: slos.name, endpointId: slos.endpointId, definition: slos.definition })
    .from(slos)
    .where(and(eq(slos.workspaceId, ctx.actor.workspaceId), isNull(slos.archivedAt)))
    .orderBy(slos.name);
  const promises = rows.flatMap(({ name, endpointId, definition }): { endpointId: string; promise: Promised }[] => {
    const { indicator, target } = SloDefinition.parse(definition);
    if (endpointId === null) return [];
    if (indicator?.kind === "latency") {
      const { withinMs } = indicator;
      return [{ endpointId, promise: { kind: "latency", name, withinMs, target } }];
    }
    // Within a tolerance is another question than the same class.
    if (indicator?.kind !== "realised-quality" || indicator.tolerance !== null) return [];
    return [{ endpointId, promise: { kind: "quality", name, target } }];
  });
  const grouped = Map.groupBy(promises, ({ endpointId }) => endpointId);
  return new Map([...grouped].map(([id, own]) => [id, own.map(({ promise }) => promise)]));
}
