import { randomUUID } from "node:crypto";
import { memberships, users } from "#db/schema/index.ts";
import type { Context, Role } from "#server/base/context.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { findVersion } from "../../../../develop/registry/lookups.ts";
import { createRegisteredModel } from "../../../../develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "../../../../develop/registry/versions/create-model-version.ts";
import { runGates } from "../../../../release/gates/run-gates.ts";
import type { VersionLeaser } from "../../../../serve/model-runs/with-leased-version.ts";

/** Another person of the same workspace. */
export async function colleague(ctx: Context, role: Role = "operator"): Promise<Context> {
  const name = `Colleague ${randomUUID().slice(0, 8)}`;
  const [user] = await ctx.db
    .insert(users)
    .values({ email: `${name}@example.test`, name })
    .returning();
  if (!user) throw new Error("The person was not made.");
  await ctx.db.insert(memberships).values({ workspaceId: ctx.actor.workspaceId, userId: user.id, role });
  return { ...ctx, actor: { kind: "user", id: user.id, name, workspaceId: ctx.actor.workspaceId, role } };
}

/** A model whose versions come from runs with these accuracies, measured on 1,000 rows each. */
export async function measuredModel(ctx: Context, name: string, accuracies: number[]): Promise<void> {
  await createRegisteredModel(ctx, { name });
  const experimentId = await createExperiment(ctx, { name: `experiment of ${name}` });
  for (const value of accuracies) {
    const run = await createRun(ctx, { experimentId, name: `run of ${value}` });
    await logBatch(ctx, {
      runId: run.id,
      metrics: [{ key: "accuracy", value, timestamp: 1, step: 1 }],
      params: [{ key: "rows", value: "1000" }],
      tags: [],
    });
    await createModelVersion(ctx, { name, source: `runs:/${run.id}/model`, runId: run.id });
  }
}

/** A checklist of one gate: not worse than the champion by more than two points. */
export const accuracyGate = {
  kind: "metric" as const,
  metric: "accuracy",
  scale: "proportion" as const,
  margin: 0.02,
  rows: { from: "run" as const, key: "rows" },
};

/** For checklists whose gates run no version. */
export const noModels: VersionLeaser = {
  leaseVersion: () => Promise.reject(new Error("No version is run here.")),
};

/** Does what the job does that a request enqueues. */
export async function runGatesNow(
  ctx: Context,
  name: string,
  version: number,
  alias = "champion",
  models = noModels,
): Promise<void> {
  const { id } = await findVersion(ctx, { name, version });
  await runGates(ctx, { versionId: id, alias, checkId: randomUUID() }, models);
}
