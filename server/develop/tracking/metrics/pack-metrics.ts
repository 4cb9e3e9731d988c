import { sql } from "drizzle-orm";
import { type Context, systemContext } from "#server/base/context.ts";
import { idleAfterMs, packRun } from "./pack-run.ts";

/** A job that takes longer than its minute leaves the rest to the next. */
const maxMs = 50_000;
const runsAtOnce = 500;

/** Packs the metric points of inactive runs of all workspaces, and the long tails of runs that are logging. Runs as a job. */
export async function packMetrics(ctx: Context, now = Date.now()): Promise<void> {
  const until = now + maxMs;
  let after = "";
  for (;;) {
    const runs = await unpackedRuns(ctx, { after, now });
    for (const { id, workspace_id: workspaceId } of runs) {
      const own = systemContext(ctx.db, workspaceId, "pack-metrics");
      while (await packRun(own, id, now)) if (Date.now() > until) return;
      if (Date.now() > until) return;
    }
    if (runs.length < runsAtOnce) return;
    after = runs.at(-1)?.id ?? "";
  }
}

/** Runs to pack, by id. Of runs that log, those of which a series has a long tail. */
async function unpackedRuns(ctx: Context, { after, now }: { after: string; now: number }) {
  const { rows } = await ctx.db.execute<{ id: string; workspace_id: string }>(sql`
    select id, workspace_id from runs where needs_packing and id > ${after} and (
      updated_at <= ${now - idleAfterMs} or exists (
        select from metric_series series where run_id = runs.id and (
          exists (select from metric_points where series_id = series.id offset 255)
          or exists (select from metric_chunks where series_id = series.id and not is_settled offset 3)
        )
      )
    ) order by id limit ${runsAtOnce}`);
  return rows;
}
