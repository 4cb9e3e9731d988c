import { experiments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Makes the experiment 0, "Default", that MLflow's client expects in every workspace. Doing it again changes nothing. */
export async function createDefaultExperiment(ctx: Context): Promise<void> {
  permit(ctx, "createDefaultExperiment");
  const now = Date.now();
  await ctx.db
    .insert(experiments)
    .values({
      workspaceId: ctx.actor.workspaceId,
      id: 0,
      name: "Default",
      artifactLocation: "mlflow-artifacts:/0",
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing();
}
