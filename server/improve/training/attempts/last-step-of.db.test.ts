import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { TrainingWorld } from "#server/testing/fixtures/training/world-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { launchIdOf } from "../jobs/job-id.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

test("a resumed attempt has the steps that it logged itself, not those lost with the one before", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const world = new TrainingWorld(ctx, id);
  const log = async (step: number, timestamp: number) => {
    const { runId } = await world.job();
    await logBatch(ctx, { runId, metrics: [{ key: "loss", value: 1, timestamp, step }], params: [], tags: [] });
  };
  const start = async (number: number) => {
    await world.round();
    const copy = await world.start(launchIdOf(id, number));
    if (!copy) throw new Error("It did not start.");
    return copy;
  };
  const stepsOf = async () => (await world.attempts()).map(({ lastStep }) => lastStep);

  const first = await start(1);
  // The clock of its machine is behind: all steps of a run are those of its first attempt.
  await log(119, Date.now() - 60_000);
  await world.beat(first);
  await world.save(first);
  await world.end(first, 143, true);
  await world.round();
  expect(await stepsOf()).toEqual([119]);

  await world.pass(60);
  const second = await start(2);
  await world.beat(second);
  expect(await stepsOf()).toEqual([119, null]);
  await log(101, Date.now() + 1_000);
  await world.beat(second);
  expect(await stepsOf()).toEqual([119, 101]);
  await world.end(second, 143, true);
  await world.round();
  expect(await stepsOf()).toEqual([119, 101]);
});
