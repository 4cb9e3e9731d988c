import { sql } from "drizzle-orm";
import { runModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "./announce-run.ts";
import { lockActiveRun } from "./lock-run.ts";

export interface LogOutputs {
  runId: string;
  models: { modelId: string; step: number }[];
}

/** Records the logged models that a run created, with their steps. Logging a model again updates its step. */
export async function logOutputs(ctx: Context, { runId, models }: LogOutputs): Promise<void> {
  permit(ctx, "logOutputs");
  const { workspaceId } = ctx.actor;
  const steps = new Map(models.map(({ modelId, step }) => [modelId, step]));
  const rows = [...steps].map(([modelId, step]) => ({ workspaceId, runId, modelId, isOutput: true, step }));
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    if (rows.length === 0) return;
    await ctx.db
      .insert(runModels)
      .values(rows)
      .onConflictDoUpdate({
        target: [runModels.runId, runModels.modelId, runModels.isOutput],
        set: { step: sql`excluded.step` },
      });
  });
  announceRun(ctx, runId);
}
