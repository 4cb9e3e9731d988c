import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, trainingAttempts, trainingJobs, trainingSweeps } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { listTrainingBudgets } from "#server/improve/training/overview/queries.ts";
import { priceCores } from "#server/testing/fixtures/cost/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { knownAlerts, newOwner } from "../../../testing/fixtures/alerts/rules/testing.ts";
import { createAlertRule } from "../create-alert-rule.ts";
import { evaluateAlertRule } from "../evaluate-alert-rule.ts";
import { observeTraining } from "./observe-training.ts";

const start = Date.now();
const all = ["failed", "torn", "unsaved", "stalled", "budget"] as const;

async function newRule(ctx: Context, on: readonly (typeof all)[number][] = all) {
  const { runbookId } = await newOwner(ctx);
  const spec = { kind: "training" as const, on: [...on], budgetShare: 0.9 };
  const { id, words } = await createAlertRule(ctx, { name: "Training", spec, severity: "ticket", runbookId });
  let minute = 0;
  /** Evaluates some minutes later, when nothing is known from before. @returns alerts that fire */
  const evaluate = async () => {
    minute += 2;
    const at = start + minute * minuteMs;
    await evaluateAlertRule(ctx, id, at);
    return (await knownAlerts(ctx, at)).filter(({ isFiring }) => isFiring);
  };
  return { evaluate, words, runbookId };
}

const set = (ctx: Context, id: string, values: Partial<typeof trainingJobs.$inferInsert>) =>
  ctx.db.update(trainingJobs).set(values).where(eq(trainingJobs.id, id));

test(
  "opens a ticket with its runbook for a job that failed and one that does not save, and ends both",
  inWorkspace(async (ctx) => {
    const { evaluate, words, runbookId } = await newRule(ctx);
    expect(words).toBe(
      "Training: a training job fails or is lost, checkpoints are damaged, a running job does not save, jobs wait for an engine that runs nothing or does not respond or 90% of the month's budget is spent.",
    );
    expect(await evaluate()).toEqual([]);
    const failed = await newTrainingJob(ctx);
    await set(ctx, failed.id, {
      state: "failed",
      endedAt: new Date(start),
      message: "The program ended with exit code 3.",
    });
    const running = await newTrainingJob(ctx);
    await set(ctx, running.id, { state: "running" });
    const { workspaceId } = ctx.actor;
    const startedAt = new Date(start - hourMs);
    await ctx.db.insert(trainingAttempts).values({ workspaceId, jobId: running.id, number: 1, launch: 1, startedAt });

    const [one, other, ...more] = (await evaluate()).toSorted((a, b) =>
      String(a.labels.problem).localeCompare(String(b.labels.problem)),
    );
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      labels: {
        alertname: "Training",
        severity: "ticket",
        problem: "failed",
        training_job: failed.id,
        service: failed.name,
      },
      annotations: {
        runbook_url: `/incidents/runbooks/${runbookId}`,
        description: expect.stringContaining(
          `${failed.name}: It failed. The program ended with exit code 3. See /jobs/${failed.id}.`,
        ),
      },
    });
    expect(other?.labels).toMatchObject({ problem: "unsaved", training_job: running.id });

    // It goes on: the same alerts.
    expect(await evaluate()).toHaveLength(2);
    await set(ctx, failed.id, { endedAt: new Date(start - 25 * hourMs) });
    await set(ctx, running.id, { state: "finished", endedAt: new Date(start) });
    expect(await evaluate()).toEqual([]);
    const events = await ctx.db.select().from(alertEvents).where(eq(alertEvents.workspaceId, workspaceId));
    expect(events.filter(({ kind }) => kind === "firing")).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === "resolved")).toHaveLength(2);
  }),
);

test(
  "failed trials of a sweep are one alert, and so are the jobs that wait for one engine",
  inWorkspace(async (ctx) => {
    const { evaluate } = await newRule(ctx, ["failed", "stalled"]);
    const { workspaceId } = ctx.actor;
    const [sweep] = await ctx.db
      .insert(trainingSweeps)
      .values({ workspaceId, name: "sizes", spec: {} as never, job: {} as never, createdBy: "x" })
      .returning({ id: trainingSweeps.id });
    for (const trial of [0, 1, 2]) {
      const { id } = await newTrainingJob(ctx);
      const ended = { sweepId: sweep?.id ?? null, trial, message: "Exit code 1.", endedAt: new Date(start - trial) };
      await set(ctx, id, { state: "failed", ...ended });
    }
    const since = new Date(start - hourMs).toISOString();
    for (let at = 0; at < 2; at += 1) {
      const { id } = await newTrainingJob(ctx);
      await set(ctx, id, { waiting: { code: "engine-full", words: "", since } });
    }
    const alerts = await evaluate();
    expect(alerts.map(({ annotations }) => annotations.summary).toSorted()).toEqual([
      "sizes: 3 trials failed",
      "west: 2 jobs wait for it",
    ]);
  }),
);

/** The middle of the last month that is over: what the test sees does not depend on its day. */
const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1, 1));
const inMonth = +month + 15 * dayMs;

test(
  "says when the month's budget is nearly spent, by the figures of the strip above the jobs",
  inWorkspace(async (ctx) => {
    await priceCores(ctx, 1, new Date(inMonth - 60 * dayMs));
    const job = await newTrainingJob(ctx);
    const { workspaceId } = ctx.actor;
    await set(ctx, job.id, {
      state: "finished",
      startedAt: new Date(inMonth - 10 * hourMs),
      endedAt: new Date(inMonth),
    });
    await ctx.db.insert(trainingAttempts).values({
      workspaceId,
      jobId: job.id,
      number: 1,
      launch: 1,
      startedAt: new Date(inMonth - 10 * hourMs),
      endedAt: new Date(inMonth - hourMs),
      state: "ended",
    });
    const spec = { kind: "training" as const, on: ["budget" as const], budgetShare: 0.9 };
    expect(await observeTraining(ctx, spec, inMonth)).toEqual([]);
    const fromMonth = month.toISOString().slice(0, 7);
    await setCostBudget(ctx, { fromMonth, amount: 10, reason: "a test" });
    // Figures of the month are kept for a minute.
    const later = inMonth + 2 * minuteMs;
    const [spent] = await observeTraining(ctx, spec, later);
    const [strip] = await listTrainingBudgets(ctx, later);
    expect(spent).toMatchObject({ isTrue: true, value: strip?.share, limit: 0.9 });
    expect(spent?.words).toContain(`: ${strip?.spent} of ${strip?.amount} (threshold 90%).`);
    expect(strip?.share).toBeCloseTo(0.9);
    expect((await observeTraining(ctx, { ...spec, budgetShare: 0.91 }, later))[0]).toMatchObject({ isTrue: false });
  }),
);
