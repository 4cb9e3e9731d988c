import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { modelVersions, runs } from "#db/schema/index.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { modelWithVersions } from "#server/testing/fixtures/registry/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { listExperimentGates } from "./list-experiment-gates.ts";
import { setPolicy } from "./set-policy.ts";

test(
  "lists the thresholds of models with versions from runs of the experiment, once each",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const experimentId = await createExperiment(ctx, { name: "e", tags: [] });
    const run = { workspaceId, experimentId, name: "r", userName: "", startedAt: 1, updatedAt: 1, artifactUri: "" };
    await ctx.db.insert(runs).values({ ...run, id: `run-${workspaceId}`, status: "FINISHED" });
    for (const name of ["a", "b", "elsewhere"]) await modelWithVersions(ctx, name, 1);
    expect(await listExperimentGates(ctx, experimentId)).toEqual([]);
    await ctx.db
      .update(modelVersions)
      .set({ runId: `run-${workspaceId}` })
      .where(eq(modelVersions.workspaceId, workspaceId));
    const gates = [
      { kind: "metric" as const, metric: "accuracy", bound: 0.9 },
      { kind: "metric" as const, metric: "loss", better: "lower" as const, margin: 0.1 },
      { kind: "metadata" as const },
    ];
    await setPolicy(ctx, { policy: { gates }, reason: "house rule" });
    const own = [{ kind: "metric" as const, metric: "accuracy", bound: 0.95 }];
    await setPolicy(ctx, { name: "elsewhere", policy: { gates: own }, reason: "its own" });
    const found = await listExperimentGates(ctx, experimentId);
    expect(found.map(({ models, ...threshold }) => ({ ...threshold, models: models.toSorted() }))).toEqual(
      expect.arrayContaining([
        { metric: "accuracy", bound: 0.9, better: "higher", models: ["a", "b"] },
        { metric: "accuracy", bound: 0.95, better: "higher", models: ["elsewhere"] },
      ]),
    );
    expect(found).toHaveLength(2);
    const other = await createExperiment(ctx, { name: "other", tags: [] });
    expect(await listExperimentGates(ctx, other)).toEqual([]);
    expect(await listExperimentGates(await newWorkspace(ctx.db), experimentId)).toEqual([]);
  }),
);
