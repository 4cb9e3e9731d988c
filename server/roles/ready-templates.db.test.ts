import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { modelVersions, trainingCheckpoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Config, readConfig } from "#server/admin/settings/config.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { inspectVersion } from "#server/develop/registry/inspection/inspect-version.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { getVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";
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
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { listen } from "#server/platform/events/listen.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { runEvaluation } from "#server/release/evaluation/runs/run-evaluation.ts";
import { listEvaluations } from "#server/release/evaluation/runs/run-queries.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "#server/release/evaluation/sets/freeze-evaluation-set.ts";
import { getEvaluationSet } from "#server/release/evaluation/sets/set-queries.ts";
import { getChecklist } from "#server/release/gates/queries.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { getRollout } from "#server/release/rollouts/queries.ts";
import { rolloutWatcher } from "#server/release/rollouts/rollout-watcher.ts";
import { sourceWatcher } from "#server/release/rollouts/sources/source-watcher.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { newTestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { trainingPlace } from "./training-place.ts";

const run = promisify(execFile);
/** A machine that is busy makes a test late, not wrong. */
const waiting = { timeout: 60_000, interval: 100 };

/** Digits that the quantised model was not calibrated with, as a table. */
const heldOut = `
import numpy as np
from sklearn.datasets import load_digits
digits = load_digits()
print(",".join(["label"] + [f"image[{at}]" for at in range(64)]))
for at in np.random.default_rng(13).permutation(len(digits.target))[300:]:
    print(",".join(map(str, [digits.target[at], *(digits.data[at] / 16)])))
`;

/** Folder of a python3 with the packages of e2e/clients/requirements-training.txt; without it these tests are skipped. */
const programs = process.env.LEEWAY_TEST_PYTHON;

describe.skipIf(!programs)("ready templates on this machine, with real Python", () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-ready-templates-"));
  const path = process.env.PATH;
  const close: (() => Promise<unknown>)[] = [];
  let ctx: Context;
  let wake: () => void;
  let artifacts: Awaited<ReturnType<typeof openLocalStore>>;
  let databaseUrl: string;

  beforeAll(async () => {
    configureLog({ role: "test", level: "silent" });
    process.env.PATH = `${programs}:${path}`;
    const database = await freshDatabase();
    const { db } = database;
    databaseUrl = database.url;
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

  /** Rolls version 2 of the CNN out on a gateway with real requests, whose labels come in, until the rollout has ended. */
  async function rollOut(endpointId: string, rows: string) {
    const [, ...lines] = rows.trim().split("\n");
    const digits = lines.map((line) => line.split(","));
    const feed = listen(databaseUrl, "test");
    const files = { path: join(folder, "gateway-models"), localPath: (key: string) => artifacts.localPath(key) };
    const gateway = newTestGateway(ctx.db, { models: files });
    const forward = feed.subscribe((message) => gateway.emit(message));
    const watchers = [rolloutWatcher({ db: ctx.db, feed }), sourceWatcher(ctx.db)];
    const { core } = gateway;
    const problems: string[] = [];
    let sent = 0;
    async function ask() {
      const [label = "", ...data] = digits[sent++ % digits.length] ?? [];
      const inputs = [{ name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data: data.map(Number) }];
      const attempt = core.startRequest(ctx, "digits", undefined, undefined, { headers: {}, elapsedMs: 0, route: "" });
      const answer = attempt.run(
        readInferRequest(Buffer.from(JSON.stringify({ inputs })), Buffer.alloc(0)),
        () => false,
      );
      const problem = await answer.then(
        () => null,
        (error: Error) => error.message,
      );
      if (problem) problems.push(problem);
      await attempt.settle({ status: problem ? 500 : 200, reason: problem ? "model" : "" });
      return { problem, label: { requestId: attempt.lease.label, label }, version: attempt.modelVersion };
    }
    try {
      await core.start();
      await vi.waitFor(async () => expect(await ask()).toMatchObject({ problem: null, version: "1" }), waiting);
      for (const watcher of watchers) await watcher.start();
      problems.length = 0;
      const guardrails = [
        { metric: "errors" as const, negligible: 0.05, requiresVerdict: true },
        { metric: "label-errors" as const, negligible: 0.05, requiresVerdict: true },
        { metric: "disagreement" as const, floor: 0.02 },
      ];
      const step = { minSeconds: 0, maxSeconds: 120, minUnits: 100, shadowShare: 0.5 };
      const plan = {
        steps: [
          { ...step, weight: 0.2 },
          { ...step, weight: 0.5 },
        ],
        guardrails,
        outcomeAgeMs: 50,
        watch: { seconds: 2, shadowShare: 0 },
      };
      const { id: rolloutId } = await startRollout(ctx, { endpointId, version: 2, plan, reason: "int8" });
      let rollout = await getRollout(ctx, { rolloutId });
      for (; rollout.endedAt === null; rollout = await getRollout(ctx, { rolloutId })) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
        await core.flush();
        await core.evidence.flush();
        await recordLabels(ctx, { endpointId, labels: answers.map(({ label }) => label) });
        for (const watcher of watchers) watcher.wake();
        await pause(50);
      }
      const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
      const last = await ask();
      return {
        phase: rollout.phase,
        codes: decisions
          .toReversed()
          .flatMap(({ kind, code }) => (["hold", "go-on"].includes(kind) ? [] : [`${kind} ${code}`])),
        problems,
        version: last.version,
      };
    } finally {
      for (const watcher of watchers) await watcher.stop();
      forward();
      await core.drain();
      await gateway.close();
      await feed.close();
    }
  }

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

  test("quantises a CNN, whose int8 version passes its gate and is promoted by evidence", async () => {
    const file = new URL("./demo/data/digits/models/digits-v2.onnx", import.meta.url);
    const intake = { artifacts, describeModel, maxBytes: 1e6 };
    await registerUpload(ctx, { name: "cnn" }, Readable.from([await readFile(file)]), intake);
    await setAlias(ctx, { name: "cnn", alias: "champion", version: 1 });
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
    await deployVersion(ctx, { endpointId, model: "cnn", version: 1 });
    const install = { template: "quantise", engine: "local", source: { name: "cnn", version: 1 } };
    const { name } = await installTemplate(ctx, install, { artifacts, maxBytes: 1e6 });
    const job = await finished((await submitJob(ctx, { template: name }, { artifacts })).id);
    const metrics = await metricsOf(job.runId);
    expect(metrics.size_bytes).toBeLessThan(0.5 * (metrics.size_bytes_before ?? 0));
    expect(metrics.accuracy).toBeGreaterThan((metrics.accuracy_before ?? 1) - 0.02);
    const second = { name: "cnn", version: 2 };
    const versionId = await vi.waitFor(async () => {
      wake();
      return (await findVersion(ctx, second)).id;
    }, waiting);
    await inspectVersion(systemContext(ctx.db, ctx.actor.workspaceId, "test"), versionId, intake);
    expect((await getVersionDetails(ctx, second)).lineage.models).toEqual([{ name: "cnn", version: 1 }]);

    // Rows that it was not calibrated with.
    const { stdout: rows } = await run(join(programs ?? "", "python3"), ["-c", heldOut], { maxBuffer: 1e7 });
    const { digest = "" } = await uploadRows(ctx, artifacts, { name: "held out", fileName: "rows.csv", rows });
    const task = { kind: "classification" as const, label: "label" };
    const definition = { dataset: { name: "held out", digest: digest ?? "" }, task };
    const set = await createEvaluationSet(ctx, { name: "held out", definition });
    await freezeEvaluationSet(ctx, set.id, artifacts);
    const frozen = await getEvaluationSet(ctx, set.id);
    expect(frozen).toMatchObject({ state: "ready", problem: null });
    const gate = { kind: "evaluation" as const, set: { name: frozen.name, digest: frozen.digest }, metric: "accuracy" };
    const gates = [{ ...gate, bound: 0.97, margin: 0.01 }];
    await setPolicy(ctx, { name: "cnn", policy: { gates, enforce: { deploy: "gates" } }, reason: "int8" });
    const models = createModelRunner({
      artifacts,
      folder: join(folder, "models"),
      providers: ["cpu"],
      limits: { workers: 1, threads: 1 },
    });
    close.push(() => models.close());
    const check = () => runGates(ctx, { versionId, alias: "champion", checkId: randomUUID() }, models, artifacts);
    await check();
    for (const { id } of await listEvaluations(ctx, { name: "cnn" }))
      await runEvaluation(ctx, id, { artifacts, models });
    await check();
    const [line] = (await getChecklist(ctx, second)).gates;
    expect(line).toMatchObject({
      standing: "passed",
      run: { evidence: { method: "paired interval of Agresti and Min" } },
    });

    const ended = await rollOut(endpointId, rows);
    expect(ended).toEqual({
      phase: "promoted",
      codes: ["started started", "advance ready", "advance proved-safe", "promote proved-safe", "complete watched"],
      problems: [],
      version: "2",
    });
  }, 240_000);

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
