import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingLaunches } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { notePresence } from "#server/platform/heartbeats/presence.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { TrainingWorld } from "#server/testing/fixtures/training/world-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { JobLimits, type JobSpec } from "../contract.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import { stopJob } from "../jobs/stop-job.ts";
import { actOnJob } from "./act-on-job.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

async function newWorld(spec: Partial<JobSpec> = {}) {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx, spec);
  return { ctx, world: new TrainingWorld(ctx, id), launchId: launchIdOf(id, 1) };
}

/** A world whose first copy runs. */
async function running(spec: Partial<JobSpec> = {}) {
  const { world, launchId, ctx } = await newWorld(spec);
  await world.round();
  const copy = await world.start(launchId);
  if (!copy) throw new Error("It did not start.");
  return { world, launchId, copy, ctx };
}

test("a worker killed before the submit: the next one submits the same launch", async () => {
  const { world, launchId } = await newWorld();
  expect(await world.round("before the submit")).toBe(true);
  expect(await world.job()).toMatchObject({ state: "submitting", launches: 1 });
  expect(world.taken.size).toBe(0);
  await world.round();
  expect([...world.taken]).toEqual([[launchId, 1]]);
  await world.round();
  expect([...world.taken]).toEqual([[launchId, 1]]);
});

test("a worker killed after the submit, before the handle is stored: the same launch is found again", async () => {
  const { world, launchId } = await newWorld();
  expect(await world.round("after the submit")).toBe(true);
  expect(await world.launches()).toMatchObject([{ number: 1, handle: null }]);
  // Its program may have started meanwhile.
  const copy = await world.start(launchId);
  await world.round();
  expect([...world.taken]).toEqual([[launchId, 2]]);
  expect(await world.launches()).toMatchObject([{ number: 1, handle: { id: launchId } }]);
  expect(await world.valid()).toEqual({ attempts: [copy?.number], tokens: 1 });
});

test("a worker killed before it commits an admission or a conclusion leaves nothing half done", async () => {
  const { world, launchId } = await newWorld();
  expect(await world.round("before the commit")).toBe(true);
  expect(await world.job()).toMatchObject({ state: "waiting", launches: 0 });
  await world.round();
  const copy = await world.start(launchId);
  if (!copy) throw new Error("It did not start.");
  await world.end(copy, 0);
  expect(await world.round("before the commit")).toBe(true);
  expect(await world.job()).toMatchObject({ state: "running" });
  expect(await world.attempts()).toMatchObject([{ state: "started", cause: null, fencedAt: null }]);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "finished", launches: 1 });
});

test("no worker when the end is reported: the next one concludes from it, however often it was sent", async () => {
  const { world, copy } = await running();
  expect([await world.end(copy, 0), await world.end(copy, 0)]).toEqual([true, true]);
  expect(await world.job()).toMatchObject({ state: "running" });
  // The engine may say anything by then.
  await world.say({ state: "gone" });
  await world.pass(3_600);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "finished", cause: "finished" });
  expect(await world.end(copy, 0)).toBe(true);
  expect(await world.attempts()).toHaveLength(1);
  expect(await world.valid()).toEqual({ attempts: [], tokens: 0 });
});

test("workers that die while they watch: others go on, and none does anything twice", async () => {
  const { world, copy } = await running();
  await Promise.all([world.round(), world.round(), world.round()]);
  expect(await world.valid()).toEqual({ attempts: [copy.number], tokens: 1 });
  await world.end(copy, 143, true);
  await Promise.all([world.round(), world.round(), world.round()]);
  expect(await world.job()).toMatchObject({ state: "resuming", preemptions: 1 });
  await world.pass(60);
  await Promise.all([world.round(), world.round(), world.round()]);
  expect(await world.job()).toMatchObject({ state: "submitting", launches: 2 });
  expect(await world.launches()).toHaveLength(2);
});

test("a wrapper that vanishes: its job goes on, and the old copy is refused should it come back", async () => {
  const { world, copy, ctx } = await running();
  await world.save(copy);
  await world.say({ state: "ended", code: 1 });
  await world.pass(80);
  await world.round();
  expect(await world.job(), "heartbeats are missing for less than 90 s").toMatchObject({ state: "running" });
  const metrics = [{ key: "loss", value: 1, timestamp: 1, step: 7 }];
  await logBatch(ctx, { runId: (await world.job()).runId, metrics, params: [], tags: [] });
  await world.pass(20);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "resuming" });
  expect(await world.attempts(), "what it logged after its last heartbeat counts").toMatchObject([{ lastStep: 7 }]);
  expect(await world.beat(copy)).toBe(false);
  expect(await world.log(copy)).toBe(false);
  expect(world.stops).toEqual([copy.launchId]);
});

test("an engine that says running for ever does not hold a job whose program is silent", async () => {
  const { world } = await running();
  await world.say({ state: "running" });
  await world.pass(200);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "running" });
  expect((await world.attempts())[0]?.silentSince).not.toBeNull();
  await world.pass(150);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "resuming", losses: 1 });
});

test("an outage of Leeway itself ends no program: silence counts from when it is back", async () => {
  const { world, copy } = await running();
  await notePresence(db, "web");
  const outage = (seconds: number) =>
    db.execute(sql`update leases set ends_at = ends_at - make_interval(secs => ${seconds}) where name = 'present-web'`);
  await outage(600);
  await world.pass(600);
  await world.round();
  expect(await world.job(), "the worker is back first").toMatchObject({ state: "running" });
  await notePresence(db, "web");
  await world.round();
  expect(await world.job(), "no wrapper has called again yet").toMatchObject({ state: "running" });
  expect(await world.beat(copy)).toBe(true);
  // It has been there since: what is silent now is lost.
  await db.execute(sql`update leases set holder = '0', ends_at = 'infinity' where name = 'present-web'`);
  await world.pass(301);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "resuming", losses: 1 });
});

test("the time in which checkpoints were restored counts as time of the attempt", async () => {
  const { world, copy } = await running();
  // Its program ran for the last ten seconds of them only.
  await world.pass(1_800);
  await world.beat(copy);
  await world.end(copy, 0);
  await world.round();
  const [attempt] = await world.attempts();
  const seconds = ((attempt?.endedAt?.getTime() ?? 0) - (attempt?.startedAt?.getTime() ?? 0)) / 1000;
  expect(Math.abs(seconds - 1_800)).toBeLessThan(5);
});

test("a wrapper whose start was answered in vain asks again, and is the same attempt", async () => {
  const { world, launchId } = await newWorld();
  await world.round();
  const copy = await world.start(launchId, { losesAnswer: true });
  expect(copy?.number).toBe(1);
  expect(await world.attempts()).toMatchObject([{ number: 1, state: "started", fencedAt: null }]);
  expect(await world.valid()).toEqual({ attempts: [1], tokens: 1 });
  expect(copy && [await world.beat(copy), await world.log(copy)]).toEqual([true, true]);
  // Another process of this launch is another copy.
  expect(await world.start(launchId)).toBeUndefined();
});

test("an engine that starts a silent launch again ends the copy before, and counts it as lost", async () => {
  const { world, copy, launchId } = await running();
  await world.save(copy);
  await world.pass(100);
  const second = await world.start(launchId);
  expect(second?.number).toBe(2);
  expect(await world.attempts()).toMatchObject([
    { number: 1, state: "ended", cause: "lost" },
    { number: 2, state: "started", resumedFrom: world.saved[0] },
  ]);
  expect(await world.job()).toMatchObject({ state: "running", losses: 1, fruitless: 0 });
  expect([await world.save(copy), await world.log(copy)]).toEqual([false, false]);
  expect(second && (await world.save(second))).toBe(true);
});

test("an engine that starts a launch again and again uses up the losses that are allowed", async () => {
  const { world, copy, launchId } = await running({ limits: JobLimits.parse({ maxLosses: 2 }) });
  await world.save(copy);
  for (const losses of [1, 2]) {
    await world.pass(100);
    const next = await world.start(launchId);
    expect(next && (await world.save(next))).toBe(true);
    expect(await world.job()).toMatchObject({ state: "running", losses });
  }
  await world.pass(100);
  expect(await world.start(launchId), "no loss is left").toBeUndefined();
  expect(await world.attempts()).toHaveLength(3);
  // Its engine sees that the copy has ended, or says nothing for long.
  await world.pass(300);
  await world.round();
  const message = "It was lost 3 times, and 2 are allowed.";
  expect(await world.job()).toMatchObject({ state: "lost", losses: 3, launches: 1, message });
});

test("an engine that starts a launch again and again is stopped where no attempt saves", async () => {
  const { world, launchId } = await running();
  for (const fruitless of [1, 2]) {
    await world.pass(100);
    expect(await world.start(launchId)).toBeDefined();
    expect(await world.job()).toMatchObject({ state: "running", fruitless });
  }
  await world.pass(100);
  expect(await world.start(launchId)).toBeUndefined();
  await world.pass(300);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "failed", fruitless: 3, losses: 3 });
});

test("a job that is stopped while its engine takes it: the engine is asked to end what it took", async () => {
  const { ctx, world, launchId } = await newWorld();
  const { id } = await world.job();
  await world.round("before the submit");
  const stops: string[] = [];
  const submit = async () => {
    await stopJob(ctx, { job: id });
    await actOnJob(ctx, id, null, Date.now());
    // The engine takes longer than ended launches are kept without a handle.
    await db.update(trainingLaunches).set({ removedAt: new Date() }).where(eq(trainingLaunches.jobId, id));
    return { id: launchId, epoch: "1" };
  };
  const stop = async (handle: { id: string }) => {
    stops.push(handle.id);
  };
  await actOnJob(ctx, id, { submit, stop }, Date.now());
  expect(await world.job()).toMatchObject({ state: "stopped", cause: "cancelled" });
  expect(stops).toEqual([launchId]);
  expect(await world.launches()).toMatchObject([{ handle: { id: launchId }, removedAt: null }]);
});

test("a job that is stopped while it waits at its engine ends at once, whenever the engine lets go of it", async () => {
  const { ctx, world, launchId } = await newWorld();
  await world.round();
  await world.say({ state: "waiting" });
  const { id } = await world.job();
  await stopJob(ctx, { job: id });
  await world.round();
  expect(await world.job()).toMatchObject({ state: "stopped", cause: "cancelled" });
  expect(world.stops).toEqual([launchId]);
  // Ray, for one, may start it yet.
  expect(await world.start(launchId)).toBeUndefined();
});
