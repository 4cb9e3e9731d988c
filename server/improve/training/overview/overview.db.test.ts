import { eq } from "drizzle-orm";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { trainingAttempts, trainingEngines, trainingJobs, trainingSweeps } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { previewJob } from "../fit/preview-job.ts";
import { previewSweep } from "../fit/preview-sweep.ts";
import { getJobHistory } from "../history/queries.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { getJobSpeed } from "../speed/queries.ts";
import { startSweep } from "../sweeps/start-sweep.ts";
import { saveTemplate } from "../templates/save-template.ts";
import { OverviewCursor } from "./contract.ts";
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

  const { rows, counts, rowCounts, uses } = await listJobsOverview(ctx);
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
  expect(counts).toEqual({ queued: 2, running: 1, ended: 1 });
  expect(rowCounts).toEqual({ all: 5, queued: 2, running: 1, attention: 0 });
  expect([...uses.values()]).toEqual([{ jobs: 1, cores: 2, gpus: 0 }]);
  expect(await listEngineUses(ctx)).toEqual(uses);

  const named = await listJobsOverview(ctx, { search: "HALF-d" });
  expect(named.rows.map(({ id }) => id)).toEqual([running]);
  expect((await listJobsOverview(ctx, { search: "west" })).rows).toHaveLength(5);
  expect((await listJobsOverview(ctx, { search: "100%" })).rows).toEqual([]);
  expect((await listJobsOverview(ctx, { show: "queued" })).rows).toHaveLength(2);
});

async function newSweep(ctx: Context, name: string): Promise<string> {
  const sweep = {
    kind: "grid" as const,
    space: { lr: { kind: "values" as const, values: [1, 2, 3] } },
    metric: "accuracy",
    goal: "max" as const,
  };
  return (await startSweep(ctx, { name, engine: "west", sweep, spec: { command: ["true"] } }, { artifacts })).id;
}

/** Submits a trial of a sweep, as its watcher does. */
async function newTrial(
  ctx: Context,
  sweepId: string,
  { name, trial, ...values }: Partial<typeof trainingJobs.$inferInsert> & { name: string; trial: number },
): Promise<string> {
  const id = await newJob(ctx, name);
  await set(id, { sweepId, trial, ...values });
  return id;
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test("lists a sweep as one row for its trials, where they stand", async () => {
  const ctx = await newFixture();
  const [running, queued, ended] = [
    await newSweep(ctx, "sizes"),
    await newSweep(ctx, "rates"),
    await newSweep(ctx, "old"),
  ];
  const first = await newTrial(ctx, running, { name: "sizes 0", trial: 0, state: "finished", endedAt: ago(1) });
  await newAttempt(ctx, first, { startedAt: ago(2), endedAt: ago(1), state: "ended", cause: "finished" });
  const second = await newTrial(ctx, running, { name: "sizes 1", trial: 1, state: "running", startedAt: ago(1) });
  await newAttempt(ctx, second, { startedAt: ago(0.5), heartbeatAt: ago(0) });
  await newTrial(ctx, queued, { name: "rates 0", trial: 0 });
  await newTrial(ctx, ended, { name: "old 0", trial: 0, state: "finished", endedAt: ago(5) });
  await db
    .update(trainingSweeps)
    .set({ state: "ended", endedAt: ago(5) })
    .where(eq(trainingSweeps.id, ended));
  const alone = await newJob(ctx, "alone");
  await set(alone, { state: "finished", endedAt: ago(6) });

  const { rows, counts, rowCounts } = await listJobsOverview(ctx);
  expect(idsOf(rows)).toEqual([running, queued, ended, alone]);
  expect(rows.map((row) => row.kind === "sweep" && row.group)).toEqual(["running", "queued", "ended", false]);
  expect(rows[0]).toMatchObject({
    name: "sizes",
    trials: 3,
    counts: { finished: 1, open: 1 },
    attempts: 2,
    place: null,
  });
  expect(rows[0]?.hours).toBeCloseTo(1.5, 1);
  expect(rows[1]).toMatchObject({ place: 1, attempts: 0 });
  expect(counts).toEqual({ queued: 1, running: 1, ended: 3 });
  expect(rowCounts).toEqual({ all: 4, queued: 1, running: 1, attention: 0 });
  expect(idsOf((await listJobsOverview(ctx, { show: "running" })).rows)).toEqual([running]);
  expect(idsOf((await listJobsOverview(ctx, { show: "queued" })).rows)).toEqual([queued]);
  expect(idsOf((await listJobsOverview(ctx, { show: "ended" })).rows)).toEqual([ended, alone]);

  // A sweep that was stopped stays open until its last trial has ended.
  await db
    .update(trainingSweeps)
    .set({ state: "stopped", endedAt: ago(0) })
    .where(eq(trainingSweeps.id, running));
  expect((await listJobsOverview(ctx, { show: "running" })).rows).toMatchObject([{ id: running, state: "stopped" }]);

  // A text of the sweep finds the sweep; one that only a trial has, the trial.
  const found = async (search: string) => idsOf((await listJobsOverview(ctx, { search })).rows);
  expect(await found("SIZES")).toEqual([running]);
  expect(await found("west")).toEqual([running, queued, ended, alone]);
  expect(await found("sizes 1")).toEqual([second]);
  expect(await found(first)).toEqual([first]);

  // Another workspace has none of them.
  expect((await listJobsOverview(await newFixture())).rows).toEqual([]);
});

test("pages the rows that ended, each once, also where several ended in the same millisecond", async () => {
  const ctx = await newFixture();
  const sweepId = await newSweep(ctx, "many");
  const at = new Date(ago(3).setMilliseconds(0));
  const jobs = await Promise.all(["a", "b", "c"].map((name) => newJob(ctx, name)));
  for (const id of jobs) await set(id, { state: "finished", endedAt: at });
  for (const trial of [0, 1, 2]) {
    await newTrial(ctx, sweepId, { name: `many ${trial}`, trial, state: "finished", endedAt: ago(1) });
  }
  await db.update(trainingSweeps).set({ state: "ended", endedAt: at }).where(eq(trainingSweeps.id, sweepId));
  const last = await newJob(ctx, "last");
  await set(last, { state: "failed", cause: "failed", endedAt: ago(9) });
  const open = await newJob(ctx, "open");

  const pages: string[][] = [];
  let before: string | undefined;
  do {
    const { rows, ended, next } = await listJobsOverview(ctx, { limit: 2, ...(before && { before }) });
    expect(ended).toBe(5 + pages.length);
    pages.push(idsOf(rows));
    before = next ?? undefined;
    // What ends meanwhile would be on the first page, and moves none of the others.
    await set(await newJob(ctx, "meanwhile"), { state: "finished", endedAt: ago(0) });
  } while (before !== undefined);
  expect(pages.map(({ length }) => length)).toEqual([3, 2, 1]);
  expect(pages[0]?.[0]).toBe(open);
  expect(pages.flat().toSorted()).toEqual([open, sweepId, last, ...jobs].toSorted());
  expect(pages.at(-1)).toEqual([last]);
  await expect(listJobsOverview(ctx, { before: "yesterday" })).rejects.toThrow();
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

/** Counts how often the prices of a workspace are read while something is done. */
async function priceReads(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  try {
    await work();
    return query.mock.calls.filter(([statement]: unknown[]) => JSON.stringify(statement).includes('from \\"prices\\"'))
      .length;
  } finally {
    query.mockRestore();
  }
}

test("reads the prices once for a request, however many jobs it shows", async () => {
  const ctx = await newFixture();
  const ids = [await newJob(ctx, "one"), await newJob(ctx, "two"), await newJob(ctx, "three")];
  const [running = ""] = ids;
  await set(running, { state: "running", startedAt: ago(2) });
  await newAttempt(ctx, running);
  const job = { command: ["true"] };
  await saveTemplate(ctx, { name: "digits", spec: { job, parameters: [] } });
  // What was spent this month is read once a minute, with the prices of its days.
  await listJobsOverview(ctx);
  expect(await priceReads(() => listJobsOverview(ctx))).toBe(1);
  expect(await priceReads(() => getJobHistory(ctx, running))).toBe(1);
  expect(await priceReads(() => getJobSpeed(ctx, running))).toBe(0);
  expect(await priceReads(() => previewJob(ctx, { template: "digits" }))).toBe(1);
  const sweep = { kind: "random", space: {}, metric: "loss", goal: "min" } as const;
  expect(await priceReads(() => previewSweep(ctx, { name: "s", template: "digits", sweep }))).toBe(1);
});

test("takes no cursor whose time there is not, as Postgres would fail on it", () => {
  const of = (time: string) => OverviewCursor.safeParse(`${time}.000001Z~tj-1`).success;
  expect(["2026-02-28T23:59:59", "2026-02-31T00:00:00", "9999-99-99T99:99:99"].map(of)).toEqual([true, false, false]);
});
