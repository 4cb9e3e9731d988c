import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** Updates the references of imported runs to a logged model to its new id. Idempotent. */
export async function relinkModels(
  ctx: Context,
  input: { runIds: readonly string[]; from: string; to: string },
): Promise<void> {
  const { runIds, from, to } = input;
  await ctx.db.execute(sql`
    with moved as (
      delete from run_models
      where workspace_id = ${ctx.actor.workspaceId} and model_id = ${from} and run_id = any(${sql.param([...runIds])}::text[])
      returning workspace_id, run_id, is_output, step
    )
    insert into run_models (workspace_id, run_id, model_id, is_output, step)
    select workspace_id, run_id, ${to}, is_output, step from moved on conflict do nothing`);
}
