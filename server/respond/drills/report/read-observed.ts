import { and, eq, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import type { IndicatorKind } from "#server/watch/objectives/indicators/contract.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import type { ObservedObjective } from "./observe.ts";

/** SLIs that follow the traffic within a minute. Labels, estimates and costs come hours later. */
const promptKinds: readonly IndicatorKind[] = [
  "availability",
  "latency",
  "freshness",
  "feature-freshness",
  "view-lag",
  "primary-answered",
  "data-quality",
  "posted",
];
/** Each is a read of its minutes. */
const maxOwn = 20;
const maxOthers = 50;

/** Lists the objectives of an endpoint, composites too. The caller has checked permissions. */
export async function findObjectives(ctx: Context, endpointId: string): Promise<StoredSlo[]> {
  const found = await selectSlos(ctx, and(eq(slos.endpointId, endpointId), isNull(slos.archivedAt)));
  return found.slice(0, maxOwn);
}

/** Lists other objectives by their ids, as long as they are not archived. The caller has checked permissions. */
export async function findOthers(ctx: Context, ids: readonly string[]): Promise<StoredSlo[]> {
  if (ids.length === 0) return [];
  const known = sql.param(ids.slice(0, maxOthers));
  return selectSlos(ctx, and(sql`${slos.id}::text = any(${known}::text[])`, isNull(slos.archivedAt)));
}

/** Whether an objective shows within a minute what happens: what labels and estimates say now began before. */
export function isPrompt({ definition: { indicator } }: Pick<StoredSlo, "definition">): boolean {
  return indicator !== null && promptKinds.includes(indicator.kind);
}

/** Counts the SLIs that show within a minute what happens. @param span of complete minutes, in milliseconds since 1970 */
export async function readObserved(
  ctx: Context,
  objectives: readonly StoredSlo[],
  span: Span,
): Promise<ObservedObjective[]> {
  const observed: ObservedObjective[] = [];
  for (const slo of objectives) {
    const { name, endpoint, definition } = slo;
    if (!isPrompt(slo)) continue;
    const { isApproximate, ...counts } = await countSlo(ctx, slo, span);
    const title = definition.displayName || name;
    const target = targetOfMinutes(definition);
    observed.push({ name: title, href: `/slos/${name}`, endpoint: endpoint ?? "", target, counts });
  }
  return observed;
}

/** Returns the share of good events that a minute has to reach: of time slices the target is a share of slices, not of events. */
function targetOfMinutes({ target, budgeting }: StoredSlo["definition"]): number {
  return budgeting.method === "timeslices" ? budgeting.sliceTarget : target;
}
