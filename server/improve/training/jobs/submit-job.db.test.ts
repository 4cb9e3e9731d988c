import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { rerunJob } from "../reproducibility/rerun-job.ts";
import { startSweep } from "../sweeps/start-sweep.ts";
import { submitJob } from "./submit-job.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const artifacts = { stat: () => Promise.reject(new Error("No package is named.")) };

test("only who may read a dataset has a program read it, whichever way it is submitted", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const datasets = { train: randomUUID() };
  const spec = { command: ["true"], datasets };
  const old = await newTrainingJob(ctx);
  // As it was submitted while its dataset was there.
  await db
    .update(trainingJobs)
    .set({ spec: { ...old.spec, datasets } })
    .where(eq(trainingJobs.id, old.id));
  const sweep = { kind: "random", space: {}, metric: "loss", goal: "min" } as const;
  const ways: ((ctx: Context) => Promise<unknown>)[] = [
    (ctx) => newTrainingJob(ctx, { datasets }),
    (ctx) => rerunJob(ctx, { job: id, exact: false, spec }, { artifacts }),
    (ctx) => rerunJob(ctx, { job: old.id, exact: false }, { artifacts }),
    (ctx) => startSweep(ctx, { name: "s", engine: "west", spec, sweep }, { artifacts }),
  ];
  const tokenOf = (scopes: string[]) => ({ ...ctx, actor: { ...ctx.actor, kind: "user" as const, scopes } });
  for (const submit of ways) {
    await expect(submit(tokenOf(["training"]))).rejects.toThrow('"tracking:read" scope');
    await expect(submit(tokenOf(["training", "tracking:read"]))).rejects.toThrow(/Dataset version .* not found/);
  }
  expect((await newTrainingJob(tokenOf(["training"]))).state).toBe("waiting");
});

test(
  "refuses several machines where an engine has one, and takes them where it has more",
  inWorkspace(async (ctx) => {
    await createEngine(ctx, { name: "local", settings: { kind: "local" } }, { allowsLocal: true });
    const settings = { kind: "kubernetes", namespace: "training", image: "train:1" } as const;
    await createEngine(ctx, { name: "cluster", settings }, { allowsLocal: false });
    const spec = { command: ["true"], resources: { nodes: 2 } };
    await expect(submitJob(ctx, { engine: "local", spec }, { artifacts })).rejects.toMatchObject({
      code: "invalid",
      message: '"local" starts each job on one machine.',
      field: "spec.resources.nodes",
    });
    expect((await submitJob(ctx, { engine: "cluster", spec }, { artifacts })).state).toBe("waiting");
  }),
);
