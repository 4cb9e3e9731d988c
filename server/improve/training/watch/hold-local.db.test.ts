import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingAttempts, trainingEngines, trainingLaunches } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { launchTokenOf } from "../attempts/launch-token.ts";
import { startLaunch } from "../attempts/start-launch.ts";
import { createEngine } from "../engines/create-engine.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import { getJob } from "../jobs/queries.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { trainingWatcher } from "./training-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-hold-local-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const wrapper = join(folder, "wrapper.py");
// The test speaks for the wrapper; this is only a process that runs for a while.
await writeFile(wrapper, "import time\ntime.sleep(15)\n");
const url = "http://127.0.0.1:1";

/** The worker of a machine, whose rounds the test runs. */
const workerOf = (machine: string, allowsLocal = true) =>
  trainingWatcher({
    db,
    feed: { subscribe: () => () => {} },
    place: {
      dataFolder: join(folder, machine),
      machine,
      wrapper,
      allowsLocal,
      localPackages: null,
      unpack: async () => {},
    },
    url,
    fetchPackage: async () => null,
  });

async function newJob(ctx: Context): Promise<string> {
  await createEngine(ctx, { name: "local", settings: { kind: "local" } }, { allowsLocal: true });
  const { id } = await submitJob(ctx, { engine: "local", spec: { command: ["python3"] } }, { artifacts });
  return id;
}

async function engineOf({ actor: { workspaceId } }: Context) {
  const [engine] = await db.select().from(trainingEngines).where(eq(trainingEngines.workspaceId, workspaceId));
  return engine;
}

async function handlesOf(jobId: string): Promise<string[]> {
  const launches = await db
    .select({ handle: trainingLaunches.handle })
    .from(trainingLaunches)
    .where(eq(trainingLaunches.jobId, jobId))
    .orderBy(trainingLaunches.number);
  return launches.flatMap(({ handle }) => handle?.epoch.split(" ")[0] ?? []);
}

const started = (machine: string) => readdir(join(folder, machine, "training")).catch(() => []);

test("one machine runs the jobs of an engine, and workers elsewhere pass it by", async () => {
  const ctx = await newWorkspace(db);
  const [here, there, without] = [workerOf("here"), workerOf("there"), workerOf("without", false)];
  const id = await newJob(ctx);
  const holderAfterRound = async () => {
    await Promise.all([here.evaluate(), there.evaluate()]);
    return (await engineOf(ctx))?.description?.machine ?? "";
  };
  // On a busy machine the work of a round may go on after it.
  await expect.poll(holderAfterRound).toMatch(/^(here|there)$/);
  const holder = await holderAfterRound();
  const other = holder === "here" ? "there" : "here";
  const nextRound = async () => {
    await Promise.all([there.evaluate(), here.evaluate(), without.evaluate()]);
    return handlesOf(id);
  };
  await expect.poll(nextRound).toEqual([holder]);
  expect(await nextRound()).toEqual([holder]);
  expect([await started(holder), await started(other)]).toEqual([[`launch-${launchIdOf(id, 1)}`], []]);
  expect(await engineOf(ctx)).toMatchObject({ silentSince: null, problem: null, description: { machine: holder } });
});

test("another machine takes an engine over that has not answered, and goes on with what fell silent", async () => {
  const ctx = await newWorkspace(db);
  const [east, west] = [workerOf("east"), workerOf("west")];
  const id = await newJob(ctx);
  const isLaunched = async () => {
    await east.evaluate();
    return handlesOf(id);
  };
  await expect.poll(isLaunched).toEqual(["east"]);
  const launchId = launchIdOf(id, 1);
  await startLaunch(db, { launchId, token: await launchTokenOf(db, launchId), host: "east" }, { url });
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const answered = (at: Date) => db.update(trainingEngines).set({ answeredAt: at });
  await answered(ago(4));
  await west.evaluate();
  expect((await engineOf(ctx))?.description?.machine).toBe("east");
  await answered(ago(6));
  const engineAfter = async () => {
    await west.evaluate();
    return engineOf(ctx);
  };
  await expect.poll(engineAfter).toMatchObject({ silentSince: null, description: { machine: "west" } });
  // Its wrapper is heard, wherever it runs.
  expect(await getJob(ctx, id)).toMatchObject({ state: "running", attempts: [{ cause: null }] });
  await db
    .update(trainingAttempts)
    .set({ startedAt: ago(3), heartbeatAt: ago(2) })
    .where(eq(trainingAttempts.jobId, id));
  const nextRound = async () => {
    await west.evaluate();
    return getJob(ctx, id);
  };
  await expect.poll(nextRound).toMatchObject({ state: "resuming", losses: 1, attempts: [{ cause: "lost" }] });
});
