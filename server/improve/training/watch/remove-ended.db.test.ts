import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingEngines, trainingLaunches } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { launchJob, newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { removeEnded } from "./remove-ended.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

test("a launch that its engine does not remove keeps neither others nor the engine waiting", async () => {
  const ctx = await newWorkspace(db);
  const [first, second, third] = [await newTrainingJob(ctx), await newTrainingJob(ctx), await newTrainingJob(ctx)];
  const [engineRow] = await db
    .select({ id: trainingEngines.id })
    .from(trainingEngines)
    .where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  const engineId = engineRow?.id ?? "";
  for (const [minutes, { id }] of [first, second, third].entries()) {
    await launchJob(ctx, id);
    const endedAt = sql`now() - make_interval(mins => ${10 - minutes})`;
    const handle = { id, epoch: "" };
    await db.update(trainingLaunches).set({ engineId, handle, endedAt }).where(eq(trainingLaunches.jobId, id));
  }
  const asked: string[] = [];
  let isBroken = true;
  const engine = {
    remove: async ({ id }: { id: string }) => {
      asked.push(id);
      if (id === first.id && isBroken) throw new DomainError("unavailable", "May not delete secrets.");
    },
  };
  const watcher = new Watcher({
    name: "training",
    db,
    everyMs: 5_000,
    run: (round) => removeEnded(ctx, engineId, { engine, round }),
  });
  const left = () => db.$count(trainingLaunches, sql`removed_at is null and workspace_id = ${ctx.actor.workspaceId}`);
  const now = Date.now();
  // Oldest first.
  await watcher.evaluate(now);
  expect([asked, await left()]).toEqual([[first.id, second.id, third.id], 1]);
  await watcher.evaluate(now + 1_000);
  expect(asked).toHaveLength(3);
  isBroken = false;
  await watcher.evaluate(now + 60_000);
  expect([asked.slice(3), await left()]).toEqual([[first.id], 0]);
});
