import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { eq } from "drizzle-orm";
import type { FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Config, readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { authenticateRequest } from "#server/http/auth.ts";
import { mlflowPlugin } from "#server/http/mlflow/plugin.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { v1Plugin } from "#server/http/v1/plugin.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { fetchPackage } from "#server/improve/training/packages/package-store.ts";
import { trainingWatcher } from "#server/improve/training/watch/training-watcher.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { scopes } from "#server/platform/permissions/permissions/permission.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { type DemoTarget, send } from "./demo/client.ts";
import { ensureTrainingJob } from "./demo/training/train-digits.ts";
import { hasPython, trainingProgram } from "./demo/training/training-program.ts";
import { trainingPlace } from "./training-place.ts";

const program = await trainingProgram();
const run = promisify(execFile);

describe.skipIf(!(await hasPython()))("the demo's training job, with the Python of this machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-demo-training-"));
  const close: (() => Promise<unknown>)[] = [];
  let ctx: Context;
  let target: DemoTarget;
  let wake: () => void;

  beforeAll(async () => {
    configureLog({ role: "test", level: "silent" });
    const { db } = await freshDatabase();
    const artifacts = await openLocalStore(join(folder, "artifacts"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = { LOCAL_TRAINING: "true", LOCAL_TRAINING_PACKAGES: program.sha256 };
    const config: Config = readConfig({ DATA_DIR: folder, PUBLIC_URL: url, ...settings });
    const app = createServer(config);
    const deps = {
      config,
      db,
      artifacts,
      pool: { waitingCount: 0 },
      events: {},
      authenticate: (request: FastifyRequest) => authenticateRequest(request, { db, config, sessionSecret: "secret" }),
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
    target = { url, gatewayUrl: url, token: (await createToken(ctx, { name: "demo", scopes: [...scopes] })).secret };
  }, 60_000);

  afterAll(async () => {
    for (const one of close) await one();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Ends what waits, with the state that the job is in, before the test does. */
  const signal = AbortSignal.timeout(540_000);

  /** Wakes the worker until a job is as wanted. */
  async function until(id: string, isDone: (job: Awaited<ReturnType<typeof getJob>>) => boolean | Promise<boolean>) {
    for (;;) {
      const job = await getJob(ctx, id);
      if (await isDone(job)) return job;
      if (job.endedAt || signal.aborted) throw new Error(`It is ${job.state}: ${job.message}`);
      wake();
      await pause(100);
    }
  }

  const savedOf = (id: string) => ctx.db.$count(trainingCheckpoints, eq(trainingCheckpoints.jobId, id));

  test("is preempted by a visitor, and goes on from its checkpoint", async () => {
    // As many steps as a visitor may ask for, each so large that a fast machine is not through before it is preempted.
    const small = { steps: 5_000, hidden: 32, checkpoint_every: 10, learning_rate: 0.02 };
    const id = (await ensureTrainingJob(target, program, small)) ?? "";
    expect(await ensureTrainingJob(target, program, small)).toBeUndefined();
    await until(id, async ({ state }) => state === "running" && (await savedOf(id)) > 0);
    // The name that its page reads the progress from.
    expect((await getJob(ctx, id)).spec.parameters).toHaveProperty("steps", 5_000);
    const act = (verb: string) => send(target, "POST", `${target.url}/api/v1/training/jobs/${id}/${verb}`, {});
    await act("preempt");
    const resuming = await until(id, ({ state }) => state === "resuming");
    expect(resuming).toMatchObject({ preemptions: 1, attempts: [{ cause: "preempted" }] });
    // Nobody waits for the back-off of half a minute here.
    await ctx.db.update(trainingJobs).set({ notBefore: null }).where(eq(trainingJobs.id, id));
    const { attempts, runId } = await until(id, ({ attempts }) => attempts.length === 2);
    const [first, second] = attempts;
    const from = second?.fromStep ?? 0;
    expect(from).toBeGreaterThanOrEqual(10);
    expect(from).toBeLessThanOrEqual(first?.lastStep ?? 0);
    const lossOf = async () => (await getRun(ctx, runId)).metrics.find(({ key }) => key === "train_loss");
    await until(id, async () => ((await lossOf())?.step ?? 0) > (first?.lastStep ?? 0));
    expect(Number((await lossOf())?.value)).toBeLessThan(2);
    await act("stop");
    await until(id, ({ state }) => state === "stopped");
  });

  test("its program ends with the same weights, interrupted or not", async () => {
    for (const [name, bytes] of program.files) await writeFile(join(folder, name), bytes);
    const train = async (checkpoints: string, steps: number) => {
      const parameters = join(folder, "parameters.json");
      await writeFile(parameters, JSON.stringify({ steps, hidden: 2, checkpoint_every: 1 }));
      const env = { ...process.env, LEEWAY_PARAMS: parameters, LEEWAY_CHECKPOINT_DIR: join(folder, checkpoints) };
      await run("python3", [join(folder, "train.py")], { env });
      return readFile(join(folder, checkpoints, `step-0000000${steps}.json`), "utf8");
    };
    await train("interrupted", 2);
    expect(await train("interrupted", 4)).toBe(await train("straight", 4));
  }, 60_000);

  test("its template is mended at the next start, whatever a visitor has made of it", async () => {
    const path = `${target.url}/api/v1/training/templates`;
    type Template = { revision: number; description: string; spec: { job: { command: string[] } } };
    const read = async () => (await send<{ templates: Template[] }>(target, "GET", path)).templates[0] as Template;
    const { revision, description, spec } = await read();
    const changed = { ...spec, job: { ...spec.job, command: ["python3", "-m", "train"] } };
    await send(target, "PUT", `${path}/Train%20digits%20here`, { description, spec: changed });
    await ensureTrainingJob(target, program);
    expect(await read()).toMatchObject({ revision: revision + 2, spec });
    await ensureTrainingJob(target, program);
    expect(await read(), "and only then").toMatchObject({ revision: revision + 2 });
  });

  test("its program refuses sizes above those of its template, whoever submits them", async () => {
    for (const [name, bytes] of program.files) await writeFile(join(folder, name), bytes);
    const { templates } = await send<{ templates: { spec: { parameters: { name: string; max: number }[] } }[] }>(
      target,
      "GET",
      `${target.url}/api/v1/training/templates`,
    );
    const bounds = templates.flatMap(({ spec }) => spec.parameters);
    expect(bounds).toHaveLength(4);
    const file = join(folder, "too-large.json");
    const env = { ...process.env, LEEWAY_PARAMS: file, LEEWAY_CHECKPOINT_DIR: join(folder, "too-large") };
    for (const { name, max } of bounds) {
      await writeFile(file, JSON.stringify({ steps: 1, [name]: max + 1 }));
      const refused = run("python3", [join(folder, "train.py")], { env });
      await expect(refused, name).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining(name) });
    }
    const { engines } = await send<{ engines: unknown[] }>(target, "GET", `${target.url}/api/v1/training/engines`);
    expect(engines).toMatchObject([{ settings: { memoryBytes: 1_000_000_000 } }]);
  }, 60_000);

  test("is the only program that this machine runs", async () => {
    const submit = (spec: object) =>
      send<{ id: string }>(target, "POST", `${target.url}/api/v1/training/jobs`, { engine: "this-machine", spec });
    const marker = join(folder, "marker");
    const code = `open(${JSON.stringify(marker)}, "w")`;
    const { id } = await submit({ command: ["python3", "-c", code], packageKey: program.sha256 });
    for (;;) {
      const { state, cause, message } = await getJob(ctx, id);
      if (state === "failed") {
        expect({ cause, message }).toMatchObject({
          cause: "never-started",
          message: expect.stringContaining("LOCAL_TRAINING_PACKAGES"),
        });
        return;
      }
      wake();
      await pause(50);
    }
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = createPort();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
