import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, trainingEngines } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { TrainingWorld } from "#server/testing/fixtures/training/world-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { launchIdOf } from "./job-id.ts";
import { preemptJob } from "./preempt-job.ts";
import { stopJob } from "./stop-job.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

async function newWorld(kind: "local" | "ray" = "local") {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  await db.update(trainingEngines).set({ kind }).where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  const world = new TrainingWorld(ctx, id);
  const start = async (launch: number) => {
    await world.round();
    const copy = await world.start(launchIdOf(id, launch));
    if (!copy) throw new Error("It did not start.");
    return copy;
  };
  return { ctx, id, world, start };
}

test("takes the place of a running job away, which goes on in another attempt", async () => {
  const { ctx, id, world, start } = await newWorld();
  await expect(preemptJob(ctx, { job: id })).rejects.toMatchObject({ code: "conflict" });
  const copy = await start(1);
  const asked = await preemptJob(ctx, { job: id, reason: "Rehearsal" });
  expect(asked).toMatchObject({ state: "running", stopRequest: { cause: "preempted", reason: "Rehearsal" } });
  await preemptJob(ctx, { job: id });
  await world.round();
  expect(world.stops).toEqual([copy.launchId]);
  await world.save(copy);
  // Its program may well end with 0 when it gets SIGTERM.
  await world.end(copy, 0, true);
  await expect(preemptJob(ctx, { job: id })).rejects.toMatchObject({ code: "conflict" });
  await world.round();
  expect(await world.job()).toMatchObject({ state: "resuming", preemptions: 1, stopRequest: null, fruitless: 0 });
  await world.pass(60);
  const second = await start(2);
  expect(await world.valid()).toEqual({ attempts: [second.number], tokens: 1 });
  const actions = await db
    .select({ action: auditEvents.action, reason: auditEvents.reason })
    .from(auditEvents)
    .where(eq(auditEvents.subject, `training-job/${id}`));
  expect(actions.filter(({ action }) => action === "training-job.preempted")).toEqual([
    { action: "training-job.preempted", reason: "Rehearsal" },
  ]);
});

test("a stop while it is preempted ends it for good", async () => {
  const { ctx, id, world, start } = await newWorld();
  const copy = await start(1);
  await preemptJob(ctx, { job: id });
  expect(await stopJob(ctx, { job: id, reason: "enough" })).toMatchObject({ stopRequest: { cause: "cancelled" } });
  await world.end(copy, 143, true);
  await world.round();
  expect(await world.job()).toMatchObject({ state: "stopped", cause: "cancelled", preemptions: 0 });
});

test("refuses jobs of other engines, and of other workspaces", async () => {
  const { id, ctx, start } = await newWorld("ray");
  await start(1);
  await expect(preemptJob(ctx, { job: id })).rejects.toThrow("Only jobs on this machine");
  await expect(preemptJob(await newWorkspace(db), { job: id })).rejects.toMatchObject({ code: "not-found" });
});
