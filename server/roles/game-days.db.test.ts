import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { gameDayEvents, gameDays, trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { v1Plugin } from "#server/http/v1/plugin.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { trainingWatcher } from "#server/improve/training/watch/training-watcher.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { carryOutFault } from "#server/respond/drills/carry-out/carry-out-fault.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { hasPython } from "./demo/training/training-program.ts";
import { trainingPlace } from "./training-place.ts";
import { workerLoss } from "./worker-loss.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-game-days-"));
const close: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const one of close) await one();
  rmSync(folder, { recursive: true, force: true });
});

/** Saves every fifth step by rename, beside a file that no step changes. */
const training = `
import os, time
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
resumed = os.environ["LEEWAY_RESUME_FROM"]
step = int(open(resumed + "/step").read()) if resumed else 0
while True:
    step += 1
    if step % 5 == 0:
        saving = folder + "/tmp-save"
        os.makedirs(saving)
        for name, text in (("step", str(step)), ("trainer_state.json", "{}")):
            with open(saving + "/" + name, "w") as out: out.write(text)
        os.rename(saving, folder + "/checkpoint-%d" % step)
        time.sleep(1)
`;

test.skipIf(!(await hasPython()))(
  "preempts a job once, which goes on from the checkpoint before the torn one, and nothing stored is changed",
  async () => {
    const ctx = await newWorkspace(db);
    const artifacts = await openLocalStore(join(folder, "artifacts"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: url, LOCAL_TRAINING: "true" });
    const app = createServer(config);
    const deps = { config, db, artifacts, authenticate: () => Promise.reject(new Error("Nobody signs in.")) };
    await app.register((scope) => v1Plugin(scope, deps as unknown as WebDependencies), { prefix: "/api/v1" });
    await app.listen({ port, host: "127.0.0.1" });
    const place = await trainingPlace(config);
    const watcher = trainingWatcher({
      db,
      feed: { subscribe: () => () => {} },
      url,
      place,
      fetchPackage: async () => null,
    });
    await watcher.start();
    close.push(
      () => watcher.stop(),
      () => app.close(),
    );
    const signal = AbortSignal.timeout(150_000);
    const until = async (isDone: (job: Awaited<ReturnType<typeof getJob>>) => boolean | Promise<boolean>) => {
      for (;;) {
        const job = await getJob(ctx, id);
        if (await isDone(job)) return job;
        if (job.endedAt || signal.aborted) throw new Error(`It is ${job.state}: ${job.message}`);
        watcher.wake();
        await pause(100);
      }
    };
    await createEngine(ctx, { name: "here", settings: { kind: "local", cores: 1 } }, { allowsLocal: true });
    const spec = { command: ["python3", "-c", training] };
    const { id } = await submitJob(ctx, { name: "digits", engine: "here", spec }, { artifacts });
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const day = await newRunningGameDay(ctx, endpointId, { kind: "job-preempted", job: id, tearsCheckpoint: true });
    await expect(carryOutFault(ctx, day)).rejects.toThrow("Only a job whose program runs");
    const savedOf = () =>
      db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, id)).orderBy(trainingCheckpoints.seq);
    await until(async ({ state }) => state === "running" && (await savedOf()).length >= 2);

    expect(await carryOutFault(ctx, day)).toBe(
      "Preempted digits in attempt 1. Its newest checkpoint is served damaged at the next start.",
    );
    expect(await carryOutFault(ctx, day)).toBeNull();
    const resuming = await until(({ state }) => state === "resuming");
    expect(resuming).toMatchObject({ preemptions: 1, attempts: [{ cause: "preempted" }] });
    const [before, torn] = (await savedOf()).slice(-2);
    // Nobody waits for the back-off of half a minute here.
    await db.update(trainingJobs).set({ notBefore: null }).where(eq(trainingJobs.id, id));
    const { attempts } = await until(async () => (await savedOf()).length > (torn?.seq ?? 0));
    expect(attempts[1]).toMatchObject({ fromStep: before?.step, tornCheckpoints: 0 });
    const kept = (await savedOf()).filter(({ seq }) => seq <= (torn?.seq ?? 0)).slice(-2);
    expect(kept).toMatchObject([
      { seq: before?.seq, tornAt: null, removedAt: null, verifiedAt: expect.any(Date) },
      { seq: torn?.seq, tornAt: null, removedAt: null, verifiedAt: null },
    ]);
    await stopJob(ctx, { job: id });
    await until(({ state }) => state === "stopped");
  },
  180_000,
);

test("kills one worker for a game day, whose lease lasts", async () => {
  const ctx = await newWorkspace(db);
  const { id: endpointId } = await createEndpoint(ctx, { name: "lost" });
  const { id } = await newRunningGameDay(ctx, endpointId, { kind: "worker-lost" }, { leasedUntil: new Date() });
  const killed: string[] = [];
  const look = () =>
    Promise.all(["one", "two"].map((name) => workerLoss(db, name, () => void killed.push(name)).now()));
  await look();
  expect(killed).toEqual([]);
  await db
    .update(gameDays)
    .set({ leasedUntil: new Date(Date.now() + 60_000) })
    .where(eq(gameDays.id, id));
  for (const _ of [1, 2]) await look();
  expect(killed).toHaveLength(1);
  const [day] = await db.select().from(gameDays).where(eq(gameDays.id, id));
  expect(day?.takenBy).toBe(killed[0]);
  expect(await db.select().from(gameDayEvents).where(eq(gameDayEvents.gameDayId, id))).toMatchObject([
    { kind: "carried-out", words: `Killed the worker process ${killed[0]}.`, by: null },
  ]);
});

async function freePort(): Promise<number> {
  const server = createPort();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
