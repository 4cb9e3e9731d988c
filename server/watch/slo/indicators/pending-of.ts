import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { isAggregate } from "./count-quality.ts";

/**
 * Returns the number of sampled predictions younger than the maturity, which are waiting for their label: shown, and in neither count.
 * @returns null for indicators without maturity
 */
export async function pendingOf(ctx: Context, indicator: Indicator): Promise<number | null> {
  if (!("maturityMs" in indicator)) return null;
  if (indicator.kind === "label-timeliness" && indicator.of === "audit") return countWaiting(ctx, indicator);
  const { rows } = await ctx.db.execute<{ pending: number }>(sql`
    select count(*)::float8 as pending from predictions as logged
    where logged.workspace_id = ${ctx.actor.workspaceId} and logged.endpoint_id = ${indicator.endpointId} and ${isAggregate}
      and logged.at > now() - make_interval(secs => ${indicator.maturityMs / 1000})
      ${indicator.kind === "realised-quality" ? sql`and ${isOutsideGameDays("logged")}` : sql``}`);
  return rows[0]?.pending ?? 0;
}

/** Counts drawn predictions without a label that are not late yet. */
async function countWaiting(
  ctx: Context,
  { endpointId, maturityMs }: Extract<Indicator, { kind: "label-timeliness" }>,
): Promise<number> {
  const { rows } = await ctx.db.execute<{ waiting: number }>(sql`
    select count(*)::float8 as waiting from label_projects as project
    join label_tasks as task on task.project_id = project.id and task.state in ('open', 'review') and task.selection = 'audit'
    where project.workspace_id = ${ctx.actor.workspaceId} and project.endpoint_id = ${endpointId} and project.state <> 'archived'
      and task.request_id is not null and task.created_at > now() - make_interval(secs => ${maturityMs / 1000})`);
  return rows[0]?.waiting ?? 0;
}
