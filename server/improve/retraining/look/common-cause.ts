import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { Circumstances } from "./holds.ts";

/** Findings of one cause open within this time of each other. */
const withinMs = hourMs;

const Shared = z.object({ cause: z.string(), models: z.number() });

/**
 * Finds the feature that has changed here and, within an hour, for most other models of the workspace, by the findings of drift and of data that are
 * open here; those of others may have closed since. The caller has checked permissions.
 * @returns how many models it has changed for, this one included; null where for no other
 */
export async function findCommonCause(
  ctx: Context,
  { endpointId, modelId }: { endpointId: string; modelId: string },
): Promise<Circumstances["commonCause"]> {
  const isChange = (of: string) => sql.raw(`${of}.watcher in ('drift', 'integrity') and ${of}.severity <> 'note'`);
  const within = sql`make_interval(secs => ${withinMs / 1000})`;
  const result = await ctx.db.execute(sql`
    select own.feature as cause, count(distinct version.model_id)::int + 1 as models
    from monitoring_findings as own
    join monitoring_findings as other on other.workspace_id = own.workspace_id and other.feature = own.feature
      and other.endpoint_id <> own.endpoint_id
      and other.opened_at between own.opened_at - ${within} and own.opened_at + ${within} and ${isChange("other")}
    join lateral (select version_id from deployments as deployed where deployed.endpoint_id = other.endpoint_id
      order by deployed.id desc limit 1) as serving on true
    join model_versions as version on version.id = serving.version_id and version.workspace_id = own.workspace_id
      and version.model_id <> ${modelId}
    where own.workspace_id = ${ctx.actor.workspaceId} and own.endpoint_id = ${endpointId} and own.closed_at is null
      and own.feature <> '' and ${isChange("own")}
    group by own.feature order by 2 desc, 1 limit 1`);
  return rowsOf(Shared, result)[0] ?? null;
}
