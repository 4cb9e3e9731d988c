import type { Context } from "#server/base/context.ts";
import { correctCounts } from "#server/watch/monitoring/quality/read/correct-counts.ts";
import type { DaySpan } from "../spending/contract.ts";
import { momentsOf } from "../spending/days.ts";
import type { Correctness } from "./cost-row.ts";

/** Counts labelled and correct class predictions, by `endpoint` and by `endpoint version`. */
export async function readCorrectness(ctx: Context, span: DaySpan): Promise<Map<string, Correctness>> {
  const found = new Map<string, Correctness>();
  const { from, to } = momentsOf(span);
  const counts = await correctCounts(ctx, { from: new Date(from), to: new Date(to) });
  for (const { endpointId, versionId, labelled, right } of counts) {
    found.set(`${endpointId} ${versionId}`, { labelled, right });
    const all = found.get(endpointId) ?? { labelled: 0, right: 0 };
    found.set(endpointId, { labelled: all.labelled + labelled, right: all.right + right });
  }
  return found;
}
