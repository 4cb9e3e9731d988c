import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  budgetAdjustments,
  gameDayCounts,
  gameDayEvents,
  gameDays,
  notifications,
  trainingAttempts,
} from "#db/schema/index.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newServed, newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { findSlo } from "#server/watch/objectives/stored-slos.ts";
import { readSloBudget } from "#server/watch/slo/counting/read-slo-budget.ts";
import { standardRules } from "#server/watch/slo/engine/standard-rules.ts";
import { acknowledgeGroup } from "../../acknowledgement/acknowledge-group.ts";
import { flushDue } from "../../dispatch/alert-dispatcher.ts";
import { notifyAfterChange } from "../../paging/notify-after-change.ts";
import { decideBudget } from "../budget/decide-budget.ts";
import { addFollowUp } from "../follow-ups/add-follow-up.ts";
import { finishFollowUp } from "../follow-ups/finish-follow-up.ts";
import { listFollowUps } from "../follow-ups/queries.ts";
import { replayGameDay } from "../replay/replay-game-day.ts";
import { completeReport } from "./complete-report.ts";
import { getGameDayReport, listEarlierGameDays } from "./queries.ts";

configureLog({ role: "test", level: "silent" });
const settings = { kind: "webhook", url: "http://127.0.0.1:1/", format: "alertmanager", maxAlerts: 0 } as const;
const period = { kind: "rolling" as const, days: 30 };
const hypothesis = "When 10% of requests fail for 15 minutes, on-call is notified within 12 minutes.";
const noBaseline = { onCall: null, budgets: [], steady: [], firingAlerts: [] };

/** A game day that started 40 minutes ago and ended 25 minutes ago, with an SLO and a minute of traffic after another. */
async function newGameDay(ctx: Context, more: Partial<typeof gameDays.$inferInsert> = {}) {
  const { endpointId, versionId } = await newServed(ctx);
  const indicator = { kind: "availability" as const, endpointId };
  const slo = await newSlo(ctx, indicator, { rules: standardRules(period, "availability") });
  const start = Math.floor(Date.now() / minuteMs) * minuteMs - 40 * minuteMs;
  const at = (minutes: number, seconds = 0) => new Date(start + minutes * minuteMs + seconds * 1000);
  for (let minute = -10; minute < 35; minute += 1) {
    const failed = minute >= 1 && minute < 15 ? 10 : 0;
    const latenciesMs = Array.from({ length: 100 - failed }, () => 5);
    await addWindow(ctx, { endpointId, versionId, windowStart: at(minute), latenciesMs, failures: { "503": failed } });
  }
  const before = await readSloBudget(ctx, await findSlo(ctx, slo.id), start);
  const { workspaceId } = ctx.actor;
  const [day] = await ctx.db
    .insert(gameDays)
    .values({
      workspaceId,
      number: 7,
      endpointId,
      hypothesis,
      fault: { kind: "errors", status: 503 },
      scope: "requests",
      share: 0.1,
      minutes: 15,
      isAnnounced: true,
      ownerId: ctx.actor.id,
      expectations: [
        { what: "detected", withinSeconds: 180 },
        { what: "notified", withinSeconds: 720 },
        { what: "acknowledged", withinSeconds: 300 },
      ],
      state: "ended",
      startedAt: at(0),
      until: at(15),
      endedAt: at(15),
      baseline: { ...noBaseline, budgets: [{ sloId: slo.id, name: "an-slo", remaining: before.remaining }] },
      createdBy: ctx.actor.name,
      ...more,
    })
    .returning();
  if (!day) throw new Error("The game day was not created.");
  return { day, slo, endpointId, start, at };
}

/** Fires an alert of the endpoint, as a rule of the SLO does, and flushes its group six seconds later. */
async function fire(ctx: Context, at: Date, severity = "page") {
  const labels = { alertname: "SLOBurn", severity, service: "digits", endpoint: "digits" };
  const annotations = { summary: `digits: 10% of requests fail` };
  const alert = { labels, annotations, startsAt: at, endsAt: new Date(at.getTime() + dayMs) };
  await receiveAlerts(ctx, [alert], { afterChange: notifyAfterChange, source: "api", now: at.getTime() });
  await flushDue(ctx.db, at.getTime() + 6_000);
}

test(
  "reports who was notified and acknowledged, stores the report once, and keeps follow-ups and a decision about the budget",
  inWorkspace(async (ctx) => {
    await newReceiver(ctx, "on-call", [{ settings }]);
    await newReceiver(ctx, "tickets", [{ settings }]);
    const { day, slo, at } = await newGameDay(ctx);
    const { workspaceId } = ctx.actor;
    await ctx.db.insert(gameDayEvents).values([
      { workspaceId, gameDayId: day.id, at: at(0), kind: "started", words: "Started at 2.5%." },
      { workspaceId, gameDayId: day.id, at: at(3), kind: "note", words: "Looks right." },
    ]);
    await ctx.db.insert(gameDayCounts).values([
      { gameDayId: day.id, process: "a", affected: 100, failed: 100 },
      { gameDayId: day.id, process: "b", affected: 40, failed: 40 },
    ]);
    await fire(ctx, at(9, 54));
    // The outbox has the time of the transaction, and nothing sends.
    const sent = { createdAt: at(10), deliveredAt: at(10, 9), state: "delivered" as const };
    const [notified] = await ctx.db.update(notifications).set(sent).returning();
    const tomasz = await newMember(ctx, "member", { name: "Tomasz Wilk" });
    await acknowledgeGroup(tomasz, { groupId: notified?.groupId ?? "" }, at(14, 1).getTime());

    const report = await getGameDayReport(ctx, 7, at(22).getTime());
    expect(report.timeline.map(({ what, seconds }) => [what, seconds])).toEqual([
      ["injected", 0],
      ["detected", 120],
      ["rule-fired", 594],
      ["notified", 609],
      ["acknowledged", 841],
      ["first-action", null],
      ["ended", 900],
      ["steady-again", 1200],
    ]);
    expect(report).toMatchObject({ isConfirmed: true, affected: 140, failed: 140, requests: 1500, job: null });
    expect(report.timeline[0]).toMatchObject({ words: "Started at 2.5%." });
    expect(report.timeline[4]).toMatchObject({ words: "Tomasz Wilk" });
    expect(report.notifications).toMatchObject([
      { receiver: "on-call", channel: "webhook", state: "delivered", seconds: 609 },
      { receiver: "tickets", state: "not-sent", reason: "The alerts did not take its route: root > everything." },
    ]);
    // 140 of the 2.5 that 2,500 requests of the period allow.
    expect(report.budgets).toMatchObject([{ sloId: slo.id, before: 1, after: expect.closeTo(1 - 140 / 2.5, 6) }]);

    await expect(decideBudget(ctx, { number: 7, decision: "excluded" })).rejects.toMatchObject({ code: "conflict" });
    expect(await completeReport(ctx, day.id, at(16).getTime())).toBe(false);
    expect(await completeReport(ctx, day.id, at(22).getTime())).toBe(true);
    expect(await completeReport(ctx, day.id, at(23).getTime())).toBe(false);
    expect(await getGameDayReport(ctx, 7)).toEqual(report);

    const { id } = await addFollowUp(ctx, { number: 7, words: "Page earlier.", ownerId: tomasz.actor.id });
    await addFollowUp(ctx, { number: 7, words: "Inhibit the ticket.", dueOn: "2026-06-10" });
    expect(await finishFollowUp(tomasz, { number: 7, id, isDone: true })).toMatchObject({ doneAt: expect.any(Date) });
    expect(await listFollowUps(ctx, 7)).toMatchObject([
      { words: "Inhibit the ticket.", owner: null, dueOn: "2026-06-10", doneAt: null },
      { words: "Page earlier.", owner: { id: tomasz.actor.id, name: "Tomasz Wilk" }, doneAt: expect.any(Date) },
    ]);
    await expect(addFollowUp(ctx, { number: 8, words: "x" })).rejects.toMatchObject({ code: "not-found" });

    await decideBudget(ctx, { number: 7, decision: "excluded" });
    expect(await ctx.db.select().from(budgetAdjustments)).toMatchObject([
      { sloId: slo.id, from: at(0), to: at(15), reason: `Game day GD-7: ${hypothesis}` },
    ]);
    expect((await readSloBudget(ctx, await findSlo(ctx, slo.id))).remaining).toBe(1);
    await expect(decideBudget(ctx, { number: 7, decision: "counted" })).rejects.toMatchObject({ code: "conflict" });

    await ctx.db.insert(gameDays).values({ ...day, id: undefined, number: 9, state: "planned", startedAt: null });
    expect(await listEarlierGameDays(ctx, 9)).toMatchObject([
      {
        number: 7,
        notifiedSeconds: 609,
        notifiedWithinSeconds: 720,
        acknowledgedSeconds: 232,
        budgetUsed: expect.closeTo(56, 6),
      },
    ]);
    expect(await listEarlierGameDays(ctx, 7)).toEqual([]);
  }),
);

test(
  "says why nobody was notified, and leaves out alerts that fired before",
  inWorkspace(async (ctx) => {
    const { day, at } = await newGameDay(ctx);
    await fire(ctx, at(9, 54));
    const report = await getGameDayReport(ctx, 7, at(46).getTime());
    expect(report.isConfirmed).toBe(false);
    expect(report.notifications).toMatchObject([
      { receiver: "on-call", state: "not-sent", reason: expect.stringContaining("on-call has no enabled channel") },
    ]);
    const [fingerprint] = (report.timeline.find(({ what }) => what === "rule-fired")?.href ?? "").split("/").slice(-1);
    const baseline = { ...noBaseline, firingAlerts: [fingerprint ?? ""] };
    await ctx.db.update(gameDays).set({ baseline }).where(eq(gameDays.id, day.id));
    const without = await getGameDayReport(ctx, 7, at(46).getTime());
    expect(without.notifications).toEqual([]);
    expect(without.expectations[1]).toMatchObject({ result: "missed", evidence: "No rule fired." });
  }),
);

test(
  "reads what a preemption cost a job from its attempts",
  inWorkspace(async (ctx) => {
    const { id: jobId } = await newTrainingJob(ctx);
    const fault = { kind: "job-preempted" as const, job: jobId, tearsCheckpoint: false };
    const { at } = await newGameDay(ctx, { fault, expectations: [{ what: "recovered", withinSeconds: 120 }] });
    const { workspaceId } = ctx.actor;
    const resumedFrom = crypto.randomUUID();
    await ctx.db.insert(trainingAttempts).values([
      { workspaceId, jobId, number: 1, launch: 1, startedAt: at(-30), endedAt: at(-20), lastStep: 10 },
      { workspaceId, jobId, number: 2, launch: 2, startedAt: at(-10), endedAt: at(0, 20), lastStep: 150 },
      { workspaceId, jobId, number: 3, launch: 3, startedAt: at(1, 35), resumedFrom, fromStep: 30 },
    ]);
    const report = await getGameDayReport(ctx, 7, at(22).getTime());
    expect(report).toMatchObject({ isConfirmed: true, job: { lostSteps: 120, resumedSeconds: 95 } });
    expect(report.sentence).toContain("lost 120 steps");
  }),
);

test(
  "replays the rules over a planned fault with the traffic of the same hour",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const indicator = { kind: "availability" as const, endpointId };
    const { id } = await newSlo(ctx, indicator, { rules: standardRules(period, "availability") });
    const now = Math.floor(Date.now() / hourMs) * hourMs;
    await ctx.db.execute(sql`
      insert into serving_windows (workspace_id, endpoint_id, version_id, arm, gateway_id, window_start, requests, rows, failures,
        latency_sum_ms, queue_sum_ms, compute_sum_ms, latency_buckets)
      select ${ctx.actor.workspaceId}, ${endpointId}, ${versionId}, 'stable', 'g1', at, 1000, 1000, '{}', 0, 0, 0, '{}'
      from generate_series(${new Date(now - dayMs).toISOString()}::timestamptz, ${new Date(now - minuteMs).toISOString()}::timestamptz,
        interval '1 minute') as at`);
    const plan = {
      endpoint: "digits",
      hypothesis,
      fault: { kind: "errors" as const, status: 503 as const },
      scope: "requests" as const,
      share: 0.1,
      minutes: 15,
      isAnnounced: true,
      expectations: [{ what: "noHarm" as const }],
      startsAt: null,
      repeats: "never" as const,
    };
    const replay = await replayGameDay(ctx, plan, now);
    expect(replay).toMatchObject({ expectedRequests: 15_000, expectedAffected: 1375, problem: "" });
    expect(replay.objectives).toMatchObject([
      { sloId: id, pagesAbove: 14.4, pageAfterSeconds: expect.closeTo(593, 0), budgetUse: expect.closeTo(0.94, 1) },
    ]);
    const unseen = await replayGameDay(ctx, { ...plan, fault: { kind: "cold-model" } }, now);
    expect(unseen).toMatchObject({ expectedRequests: 15_000, objectives: [], problem: expect.any(String) });
    const byHeader = await replayGameDay(ctx, { ...plan, scope: "header" }, now);
    expect(byHeader).toMatchObject({ expectedAffected: 0, problem: expect.stringContaining("header") });
  }),
);
