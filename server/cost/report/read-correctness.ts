import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import type { DaySpan } from "../spending/contract.ts";
import type { Correctness } from "./cost-row.ts";

interface Row extends Correctness {
  endpointId: string;
  versionId: string;
}

/**
 * How many sampled answers of each endpoint and version have a label, and how many of them were right, for models that answer a class. Numbers
 * are not right or wrong by themselves, and are left out. By `endpoint` and by `endpoint version`.
 */
export async function readCorrectness(ctx: Context, { from, to }: DaySpan): Promise<Map<string, Correctness>> {
  const { rows } = await ctx.db.execute(sql`
    select logged.endpoint_id as "endpointId", logged.version_id as "versionId", count(*)::int as labelled,
      (count(*) filter (where label.label in (logged.answer, logged.answer_index::text)))::int as right
    from endpoints
    join predictions as logged on logged.endpoint_id = endpoints.id and logged.workspace_id = endpoints.workspace_id
      and logged.at >= ${`${from}T00:00:00Z`}::timestamptz and logged.at < ${`${to}T00:00:00Z`}::timestamptz
    join prediction_labels as label on label.endpoint_id = logged.endpoint_id and label.request_id = logged.request_id
    where endpoints.workspace_id = ${ctx.actor.workspaceId} and logged.answer is not null and logged.arm <> 'shadow'
      and logged.kept = 'sampled' and logged.status = 200
    group by 1, 2`);
  const found = new Map<string, Correctness>();
  for (const { endpointId, versionId, labelled, right } of rows as unknown as Row[]) {
    found.set(`${endpointId} ${versionId}`, { labelled, right });
    const all = found.get(endpointId) ?? { labelled: 0, right: 0 };
    found.set(endpointId, { labelled: all.labelled + labelled, right: all.right + right });
  }
  return found;
}
