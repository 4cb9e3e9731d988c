import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  artifactFiles,
  loggedModels,
  runs,
  trainingAttempts,
  trainingEngines,
  trainingJobs,
} from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { logMetric } from "#server/develop/tracking/metrics/log-metric.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { ReproducibilityRecord } from "../contract.ts";
import { getJob } from "../jobs/queries.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { checkRerun } from "./check-rerun.ts";
import { countReruns, getReproducibility, listReruns } from "./queries.ts";
import { rerunJob } from "./rerun-job.ts";

const artifacts = {
  stat: async () => {
    throw new DomainError("not-found", "There is no such file.");
  },
};

const record = (changes: object = {}) =>
  ReproducibilityRecord.parse({
    wrapper: "w",
    command: [],
    code: {
      commit: "abcdef0123456789",
      branch: "main",
      remote: null,
      diff: null,
      diffSha256: null,
      diffBytes: 0,
      packageSha256: null,
    },
    environment: {
      python: "3.13.1",
      packages: ["numpy==2.3.0"],
      lockFiles: {},
      cuda: null,
      driver: null,
      variables: {},
    },
    hardware: { cpu: "Xeon", cores: 2, memoryBytes: 8e9, gpus: [], node: "a" },
    seed: null,
    determinism: {},
    datasets: {},
    ...changes,
  });

/** Ends a job with an accuracy, and a model whose file has a digest. */
async function finish(ctx: Context, jobId: string, { accuracy, sha256 }: { accuracy: number; sha256?: string }) {
  const { workspaceId } = ctx.actor;
  const { runId } = await getJob(ctx, jobId);
  const leeway = systemContext(ctx.db, workspaceId, "test");
  await logMetric(leeway, { runId, key: "accuracy", value: accuracy, step: 1, timestamp: 1 });
  if (sha256) {
    const [run] = await ctx.db.select().from(runs).where(eq(runs.id, runId));
    const model = { name: "digits", sourceRunId: runId, status: "LOGGED_MODEL_READY" as const, params: [], tags: [] };
    await createLoggedModel(leeway, { experimentId: run?.experimentId ?? 0, ...model });
    const [stored] = await ctx.db.select().from(loggedModels).where(eq(loggedModels.sourceRunId, runId));
    const root = `${workspaceId}/${stored?.artifactUri.replace("mlflow-artifacts:/", "")}`;
    await ctx.db.insert(artifactFiles).values([
      { key: `${root}/model.onnx`, workspaceId, sizeBytes: 1, sha256, storedBy: "test" },
      { key: `${root}/MLmodel`, workspaceId, sizeBytes: 1, sha256: `of ${runId}`, storedBy: "test" },
    ]);
  }
  await ctx.db
    .insert(trainingAttempts)
    .values({ workspaceId, jobId, number: 1, launch: 1, state: "ended", record: record() });
  await ctx.db.update(trainingJobs).set({ state: "finished", cause: "finished" }).where(eq(trainingJobs.id, jobId));
}

test(
  "an exact re-run has the same specification, and its verdict says how equal it came out",
  inWorkspace(async (ctx) => {
    const { id } = await newTrainingJob(ctx, { command: ["python3", "train.py"], seed: 7, parameters: { lr: 0.1 } });
    const again = () => rerunJob(ctx, { job: id, exact: true }, { artifacts });
    const first = await again();
    expect(first).toMatchObject({
      rerunOf: id,
      isExactRerun: true,
      state: "waiting",
      spec: { seed: 7, parameters: { lr: 0.1 } },
    });
    await expect(getReproducibility(ctx, first.id)).rejects.toThrow("Only what has finished can be compared");
    await expect(getReproducibility(ctx, id)).rejects.toThrow("repeats no other one");
    await finish(ctx, id, { accuracy: 0.95, sha256: "a" });
    await finish(ctx, first.id, { accuracy: 0.95, sha256: "a" });
    expect(await getReproducibility(ctx, first.id)).toMatchObject({
      original: id,
      isExact: true,
      verdict: "bit-equal",
      files: { kind: "model", count: 1, different: [] },
      differences: [],
    });
    // An exact re-run of the re-run is another repeat of the first.
    const second = await rerunJob(ctx, { job: first.id, exact: true }, { artifacts });
    expect(second.rerunOf).toBe(id);
    await finish(ctx, second.id, { accuracy: 0.96, sha256: "b" });
    expect(await getReproducibility(ctx, second.id)).toMatchObject({ verdict: "not-enough-repeats", repeats: 1 });
    for (const accuracy of [0.94, 0.96]) await finish(ctx, (await again()).id, { accuracy });
    expect(await getReproducibility(ctx, second.id)).toMatchObject({
      verdict: "within-noise",
      repeats: 3,
      files: { different: ["digits/model.onnx"] },
      metrics: [{ key: "accuracy", original: 0.95, rerun: 0.96, spread: expect.closeTo(0.01, 12) }],
    });
    const reruns = await listReruns(ctx, id);
    expect(reruns.map(({ verdict }) => verdict)).toEqual(["within-noise", "within-noise", "within-noise", "bit-equal"]);
    expect(reruns.at(-1)).toMatchObject({ id: first.id, name: first.name, isExact: true, state: "finished" });
    expect(await listReruns(ctx, first.id)).toEqual([]);
    expect((await listReruns(ctx, id, { limit: 1 })).map((one) => one.id)).toEqual([reruns[0]?.id]);
    expect([await countReruns(ctx, id), await countReruns(ctx, first.id)]).toEqual([4, 0]);
  }),
);

test(
  "an edited re-run changes what is said, and its differences are listed",
  inWorkspace(async (ctx) => {
    const { id } = await newTrainingJob(ctx, { parameters: { lr: 0.1, epochs: 3 } });
    await expect(rerunJob(ctx, { job: id, exact: true, parameters: { lr: 0.2 } }, { artifacts })).rejects.toThrow(
      "cannot change this",
    );
    const edited = await rerunJob(
      ctx,
      { job: id, exact: false, parameters: { lr: 0.2 }, name: "faster" },
      { artifacts },
    );
    expect(edited).toMatchObject({
      name: "faster",
      rerunOf: id,
      isExactRerun: false,
      spec: { parameters: { lr: 0.2, epochs: 3 } },
    });
    await finish(ctx, id, { accuracy: 0.95 });
    await finish(ctx, edited.id, { accuracy: 0.97 });
    expect((await getReproducibility(ctx, edited.id)).differences).toEqual([
      { part: "parameters", name: "lr", original: "0.1", rerun: "0.2" },
    ]);
    await expect(rerunJob(ctx, { job: "tj-none", exact: false }, { artifacts })).rejects.toThrow("not found");
    // A job that is submitted as a change of another one is one, too.
    const spec = { command: ["true"] };
    const changed = await submitJob(ctx, { engine: "west", spec, rerunOf: id }, { artifacts });
    expect(changed).toMatchObject({ rerunOf: id, isExactRerun: false });
    await expect(submitJob(ctx, { engine: "west", spec, rerunOf: "tj-none" }, { artifacts })).rejects.toThrow(
      "job not found",
    );
    expect((await listReruns(ctx, id)).map((one) => [one.id, one.verdict])).toEqual([
      [changed.id, null],
      [edited.id, null],
    ]);
  }),
);

test(
  "an exact re-run is refused with the list of what is gone",
  inWorkspace(async (ctx) => {
    const { id } = await newTrainingJob(ctx);
    expect(await checkRerun(ctx, id, { artifacts })).toMatchObject({ gone: [] });
    const datasets = { digits: "5f0c7c1e-3c3b-4f0a-9c39-0c3a4b8e8f11" };
    const spec = { ...(await getJob(ctx, id)).spec, packageKey: "a".repeat(64), datasets };
    await ctx.db.update(trainingJobs).set({ spec }).where(eq(trainingJobs.id, id));
    const code = { ...record().code, diffSha256: "d", diffBytes: 12_000_000 };
    await ctx.db.insert(trainingAttempts).values({
      workspaceId: ctx.actor.workspaceId,
      jobId: id,
      number: 1,
      launch: 1,
      record: record({ code }),
    });
    await ctx.db.delete(trainingEngines);
    const { gone } = await checkRerun(ctx, id, { artifacts });
    expect(gone).toEqual([
      "Its engine was removed.",
      "Its package was removed.",
      'The version of the dataset "digits" was removed.',
      "Not reproducible: 11\u00a0MiB of uncommitted changes were too large to store.",
    ]);
    await expect(rerunJob(ctx, { job: id, exact: true }, { artifacts })).rejects.toThrow(gone.join(" "));
  }),
);
