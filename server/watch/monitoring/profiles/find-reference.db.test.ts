import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { datasets, experiments, modelVersions, runDatasets, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { adviseReference } from "./advise-reference.ts";
import { findReference } from "./find-reference.ts";
import { markReferenceFailed } from "./mark-reference-failed.ts";
import { listProfiles } from "./queries.ts";

const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-found-")));
const key = { name: "digits", version: 1 };
const rows = "x[0],x[1],x[2],x[3],y\n1,2,3,4,0\n2,3,4,5,1\n";

/** Creates a version whose run logged `digest` of "train" for training, and "other" for validation. */
async function trained(ctx: Context, digest: string): Promise<string> {
  const { workspaceId } = ctx.actor;
  const experiment = { workspaceId, id: 1, name: "e", artifactLocation: "x", createdAt: 1, updatedAt: 1 };
  await ctx.db.insert(experiments).values(experiment);
  await ctx.db.insert(runs).values({
    workspaceId,
    id: "run",
    experimentId: 1,
    name: "r",
    userName: "",
    status: "FINISHED",
    artifactUri: "x",
    startedAt: 1,
    updatedAt: 1,
  });
  const logged = [
    { name: "other", digest: "f00", use: "validation" },
    { name: "train", digest, use: "training" },
  ];
  for (const { use, ...dataset } of logged) {
    const [made] = await ctx.db
      .insert(datasets)
      .values({ workspaceId, experimentId: 1, ...dataset, sourceType: "local", source: "{}", createdAt: 1 })
      .returning();
    const tags = JSON.stringify([{ key: "mlflow.data.context", value: use }]);
    await ctx.db.insert(runDatasets).values({ workspaceId, runId: "run", datasetId: made?.id ?? "", tags });
  }
  const { id } = await newVersion(ctx);
  await ctx.db.update(modelVersions).set({ runId: "run" }).where(eq(modelVersions.id, id));
  return id;
}

test(
  "builds the reference of a version once, automatically, from available rows logged by its run",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { name: "train", rows });
    const versionId = await trained(ctx, digest ?? "");
    const advice = await adviseReference(ctx, key);
    expect(advice.logged.map(({ name, problem }) => [name, problem === null])).toEqual([
      ["train", true],
      ["other", false],
    ]);
    expect(advice.words).toContain("Its run logged train");
    await findReference(ctx, versionId);
    const [profile] = await listProfiles(ctx, key);
    expect(profile).toMatchObject({
      state: "waiting",
      source: { kind: "dataset", name: "train", digest, labelColumn: "y" },
      rowsExpected: 2,
      reason: expect.stringContaining("Its run logged train"),
    });
    // It was ended manually: it is not recreated automatically.
    await markReferenceFailed(ctx, { profileId: profile?.id ?? "", reason: "x" });
    await findReference(ctx, versionId);
    expect(await listProfiles(ctx, key)).toHaveLength(1);
  }),
);

test(
  "finds rows uploaded after the version",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { name: "elsewhere", rows });
    const versionId = await trained(ctx, digest ?? "");
    await findReference(ctx, versionId);
    expect(await listProfiles(ctx, key)).toEqual([]);
    expect((await adviseReference(ctx, key)).words).toContain("The rows of train (54229601682366ee) are not available");
    await uploadRows(ctx, store, { name: "train", rows });
    const jobs = await waitingJobs(ctx);
    expect(jobs.filter(({ name }) => name === "find-reference")).toMatchObject([{ data: { versionId } }]);
  }),
);

test(
  "rejects rows without a column for every input, and names the missing ones",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { name: "train", rows: "x[0],x[1]\n1,2\n" });
    const versionId = await trained(ctx, digest ?? "");
    await findReference(ctx, versionId);
    expect(await listProfiles(ctx, key)).toEqual([]);
    expect((await adviseReference(ctx, key)).words).toContain('"train" has no column for "x[2]", "x[3]"');
  }),
);
