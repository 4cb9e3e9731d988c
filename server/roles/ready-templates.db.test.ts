import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelVersions, trainingCheckpoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Config, readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { authenticateRequest } from "#server/http/auth.ts";
import { mlflowPlugin } from "#server/http/mlflow/plugin.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { v1Plugin } from "#server/http/v1/plugin.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { readLog } from "#server/improve/training/log/queries.ts";
import { fetchPackage } from "#server/improve/training/packages/package-store.ts";
import { getReproducibility } from "#server/improve/training/reproducibility/queries.ts";
import { rerunJob } from "#server/improve/training/reproducibility/rerun-job.ts";
import { getSweep } from "#server/improve/training/sweeps/queries.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { installTemplate } from "#server/improve/training/templates/ready/install-template.ts";
import { trainingWatcher } from "#server/improve/training/watch/training-watcher.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { trainingPlace } from "./training-place.ts";

/** Folder of a python3 with the packages of e2e/clients/requirements-training.txt; without it these tests are skipped. */
const programs = process.env.LEEWAY_TEST_PYTHON;

describe.skipIf(!programs)("ready templates on this machine, with real Python", () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-ready-templates-"));
  const path = process.env.PATH;
  const close: (() => Promise<unknown>)[] = [];
  let ctx: Context;
  let wake: () => void;
  let artifacts: Awaited<ReturnType<typeof openLocalStore>>;

  beforeAll(async () => {
    configureLog({ role: "test", level: "silent" });
    process.env.PATH = `${programs}:${path}`;
    const { db } = await freshDatabase();
    artifacts = await openLocalStore(join(folder, "artifacts"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config: Config = { ...readConfig({ DATA_DIR: folder, PUBLIC_URL: url, LOCAL_TRAINING: "true" }) };
    const app = createServer(config);
    const deps = {
      config,
      db,
      artifacts,
      pool: { waitingCount: 0 },
      events: {},
      authenticate: (request: Parameters<typeof authenticateRequest>[0]) =>
        authenticateRequest(request, { db, config, sessionSecret: "secret" }),
    } as unknown as WebDependencies;
    await app.register((scope) => mlflowPlugin(scope, deps));
    await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
    await app.listen({ port, host: "127.0.0.1" });
    const watcher = trainingWatcher({
      db,
      feed: { subscribe: () => () => {} },
      url,
      place: await trainingPlace(config),
      fetchPackage: (job) => fetchPackage(job, artifacts),
    });
    await watcher.start();
    wake = () => watcher.wake();
    close.push(
      () => watcher.stop(),
      () => app.close(),
    );
    ctx = await newWorkspace(db);
    await createEngine(ctx, { name: "local", settings: { kind: "local", maxJobs: 2 } }, { allowsLocal: true });
  }, 60_000);

  afterAll(async () => {
    process.env.PATH = path;
    for (const one of close) await one();
    rmSync(folder, { recursive: true, force: true });
  });

  async function finished(id: string) {
    for (;;) {
      const job = await getJob(ctx, id);
      if (job.endedAt) {
        const log = await readLog(ctx, id, { attempt: 1 }).catch(() => undefined);
        expect({ state: job.state, message: job.message, log }).toMatchObject({ state: "finished" });
        return job;
      }
      wake();
      await pause(200);
    }
  }

  const metricsOf = async (runId: string) =>
    Object.fromEntries((await getRun(ctx, runId)).metrics.map(({ key, value }) => [key, Number(value)]));

  test("trains digits with checkpoints, registers the version, and an exact re-run is bit-equal", async () => {
    const install = { template: "digits", engine: "local", registerAs: "digits" };
    const { name } = await installTemplate(ctx, install, { artifacts, maxBytes: 1e6 });
    const submitted = await submitJob(ctx, { template: name, parameters: { epochs: 6 } }, { artifacts });
    const job = await finished(submitted.id);
    expect((await metricsOf(job.runId)).accuracy).toBeGreaterThan(0.8);
    expect(await ctx.db.$count(trainingCheckpoints, eq(trainingCheckpoints.jobId, job.id))).toBeGreaterThan(0);
    const again = await rerunJob(ctx, { job: job.id, exact: true }, { artifacts });
    await finished(again.id);
    expect(await getReproducibility(ctx, again.id)).toMatchObject({
      verdict: "bit-equal",
      files: { kind: "model", count: 1 },
      differences: [],
    });
    const versions = () => ctx.db.$count(modelVersions, eq(modelVersions.runId, job.runId));
    for (; (await versions()) === 0; await pause(100)) wake();
    expect(await versions()).toBe(1);
  }, 240_000);

  test("quantises a version, and compares both", async () => {
    const { id, version } = await newVersion(ctx, { model: "cnn" });
    const key = artifactKey(ctx.actor.workspaceId, ["models", "cnn.onnx"]);
    const file = new URL("./demo/data/digits/models/digits-v2.onnx", import.meta.url);
    await artifacts.put(key, Readable.from([await readFile(file)]));
    await ctx.db.update(modelVersions).set({ artifactKey: key }).where(eq(modelVersions.id, id));
    const install = { template: "quantise", engine: "local", source: { name: "cnn", version } };
    const { name } = await installTemplate(ctx, install, { artifacts, maxBytes: 1e6 });
    const job = await finished((await submitJob(ctx, { template: name }, { artifacts })).id);
    const metrics = await metricsOf(job.runId);
    expect(metrics.size_bytes).toBeLessThan(0.5 * (metrics.size_bytes_before ?? 0));
    expect(metrics.accuracy).toBeGreaterThan((metrics.accuracy_before ?? 1) - 0.02);
  }, 120_000);

  test("tries two sizes of the network by a sweep", async () => {
    const sweep = { kind: "grid" as const, metric: "accuracy", goal: "max" as const };
    const space = { hidden: { kind: "values" as const, values: [2, 64] } };
    const started = await startSweep(
      ctx,
      { name: "sizes", template: "Train digits", parameters: { epochs: 3 }, sweep: { ...sweep, space } },
      { artifacts },
    );
    let shown = started;
    for (; shown.state === "running"; shown = await getSweep(ctx, started.id)) {
      wake();
      await pause(200);
    }
    expect(shown).toMatchObject({ state: "ended", counts: { finished: 2 }, best: { parameters: { hidden: 64 } } });
  }, 240_000);
});

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createPort().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
