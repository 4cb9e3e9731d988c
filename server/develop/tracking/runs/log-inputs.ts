import { sql } from "drizzle-orm";
import { datasets, runDatasets, runModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LogInputs } from "../log-contract.ts";
import { announceRun } from "./announce-run.ts";
import { lockActiveRun } from "./lock-run.ts";

/**
 * Stores the datasets and models that a run used. Experiment, name and digest identify a dataset: its first logged properties are kept,
 * and a run has it once, whatever it is logged with later.
 */
export async function logInputs(ctx: Context, input: LogInputs): Promise<void> {
  permit(ctx, "logInputs");
  const { runId, datasets: sent, modelIds } = LogInputs.parse(input);
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { experimentId } = await lockActiveRun(ctx, runId);
    // All callers use the same order: runs of one experiment may log the same datasets concurrently.
    const inOrder = sent.toSorted((a, b) => (a.name + a.digest < b.name + b.digest ? -1 : 1));
    for (const { tags, ...dataset } of inOrder) {
      const identity = [datasets.workspaceId, datasets.experimentId, datasets.name, datasets.digest];
      const [known] = await ctx.db
        .insert(datasets)
        .values({ ...dataset, workspaceId, experimentId, createdAt: Date.now() })
        .onConflictDoUpdate({ target: identity, set: { name: sql`excluded.name` } })
        .returning({ id: datasets.id });
      if (!known) throw new Error("The dataset was not stored.");
      await ctx.db
        .insert(runDatasets)
        .values({ workspaceId, runId, datasetId: known.id, tags: JSON.stringify(tags) })
        .onConflictDoNothing();
    }
    const models = modelIds.map((modelId) => ({ workspaceId, runId, modelId, isOutput: false }));
    if (models.length > 0) await ctx.db.insert(runModels).values(models).onConflictDoNothing();
  });
  announceRun(ctx, runId);
  for (const name of new Set(sent.map(({ name }) => name))) announce(ctx, "dataset", name);
}
