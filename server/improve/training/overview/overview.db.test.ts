import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingAttempts, trainingEngines, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { previewJob } from "../fit/preview-job.ts";
import { getJobHistory } from "../history/queries.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { listEngineUses, listJobsOverview } from "./queries.ts";

const { db } = await freshDatabase();
const artifacts = { stat: () => Promise.reject(new Error("No package is named.")) };

async function newFixture(): Promise<Context> {
  const ctx = await newWorkspace(db);
  await createEngine(
    ctx,
    { name: "west", settings: { kind: "ray", address: "http://ray:8265" } },
    { allowsLocal: false },
  );
  return ctx;
}

async function newJob(ctx: Context, name: string, priority: "urgent" | "normal" = "normal"): Promise<string> {
  const spec = { command: ["true"], resources: { cores: 2 }, parameters: { max_steps: 100 } };
  return (await submitJob(ctx, { name, engine: "west", spec, priority }, { artifacts })).id;
}

const set = (id: string, values: Partial<typeof trainingJobs.$inferInsert>) =>
  db.update(trainingJobs).set(values).where(eq(trainingJobs.id, id));

const ago = (hours: number) => new Date(Date.now() - hours * hourMs);

async function newAttempt(ctx: Context, jobId: string, changes: Partial<typeof trainingAttempts.$inferInsert> = {}) {
  const values = { workspaceId: ctx.actor.workspaceId, jobId, number: 1, launch: 1, startedAt: ago(2), ...changes };
  const [row] = await db.insert(trainingAttempts).values(values).returning({ id: trainingAttempts.id });
  return row?.id ?? "";
}

test("lists waiting jobs with their place, running ones with their step, and ended ones newest first", async () => {
  const ctx = await newFixture();
  const [later, sooner] = [await newJob(ctx, "later"), await newJob(ctx, "sooner", "urgent")];
  const running = await newJob(ctx, "half-deck");
  await set(running, { state: "running", startedAt: ago(2) });
  await newAttempt(ctx, running, {
    state: "ended",
    endedAt: ago(1),
    heartbeatAt: ago(1),
    cause: "preempted",
    lastStep: 40,
  });
  await newAttempt(ctx, running, { number: 2, launch: 2, startedAt: ago(0.5), heartbeatAt: ago(0), lastStep: 60 });
  const [old, fresh] = [await newJob(ctx, "old"), await newJob(ctx, "fresh")];
  await set(old, { state: "failed", endedAt: ago(30), cause: "failed" });
  await set(fresh, { state: "finished", endedAt: ago(1), cause: "finished" });

  const { rows, counts, uses } = await listJobsOverview(ctx);
  const byId = new Map(rows.map((row) => [row.id, row]));
  expect([byId.get(sooner)?.place, byId.get(later)?.place, byId.get(running)?.place]).toEqual([1, 2, null]);
  expect(byId.get(running)).toMatchObject({
    lastStep: 60,
    attempts: [
      { number: 1, cause: "preempted" },
      { number: 2, cause: null },
    ],
  });
  expect(byId.get(running)?.hours).toBeCloseTo(1.5, 1);
  expect(rows.slice(-2).map(({ id }) => id)).toEqual([fresh, old]);
  expect(counts).toEqual({ all: 5, queued: 2, running: 1, ended: 1, attention: 0 });
  expect([...uses.values()]).toEqual([{ jobs: 1, cores: 2, gpus: 0 }]);
  expect(await listEngineUses(ctx)).toEqual(uses);

  const named = await listJobsOverview(ctx, { search: "HALF-d" });
  expect(named.rows.map(({ id }) => id)).toEqual([running]);
  expect((await listJobsOverview(ctx, { search: "west" })).rows).toHaveLength(5);
  expect((await listJobsOverview(ctx, { search: "100%" })).rows).toEqual([]);
  expect((await listJobsOverview(ctx, { show: "queued" })).rows).toHaveLength(2);
});

test("previews a job with the engines that can run it, and reads the history of one", async () => {
  const ctx = await newFixture();
  await db
    .update(trainingEngines)
    .set({ isEnabled: false })
    .where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  await createEngine(
    ctx,
    { name: "east", settings: { kind: "ray", address: "http://ray:8265" } },
    { allowsLocal: false },
  );
  const preview = await previewJob(ctx, { spec: { command: ["true"] } });
  expect(preview.engines.map(({ name, problem }) => [name, problem])).toEqual([
    ["east", null],
    ["west", "It is disabled."],
  ]);
  expect(preview).toMatchObject({ earlierJobs: 0 });
  await expect(previewJob(ctx, {})).rejects.toMatchObject({ code: "invalid" });
  await expect(previewJob(ctx, { template: "none" })).rejects.toMatchObject({ code: "not-found" });

  const id = await newJob(ctx, "lost-once");
  await newAttempt(ctx, id, { endedAt: ago(1), lastStep: 9, state: "ended", cause: "lost" });
  await newAttempt(ctx, id, { number: 2, launch: 2, startedAt: ago(0.5) });
  const history = await getJobHistory(ctx, id);
  expect(history).toMatchObject({ lostSteps: 9, losses: [{ attempt: 1 }], record: null });
  expect(history.lostSeconds).toBeCloseTo(3600, -1);
});
