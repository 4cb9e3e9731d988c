import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  auditEvents,
  gameDayFollowUps,
  gameDays,
  retrainingCycles,
  retrainingDecisions,
  reviewTicks,
} from "#db/schema/index.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
import { createRetrainingPolicy } from "#server/improve/retraining/policies/create-retraining-policy.ts";
import type { GameDayReport } from "#server/respond/drills/contract.ts";
import { newPolicyInput } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createReportFixture } from "../../../testing/fixtures/reports/testing.ts";
import { getReport } from "../get-report.ts";
import { nameOf } from "../periods.ts";
import { plainSentence } from "../sentence/text.ts";
import { getReview } from "./get-review.ts";
import { tickReview } from "./tick-review.ts";
import { untickReview } from "./untick-review.ts";

test(
  "lists what started in the week, with the summary of its report",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const review = await getReview(ctx, { name: nameOf(week) });
    expect(review.sections.map(({ item, total }) => [item, total])).toEqual([
      ["drift", 0],
      ["labels", 0],
      ["retraining", 0],
      ["deploys", 0],
      ["incidents", 1],
      ["actions", 0],
    ]);
    expect(review.sections[4]?.rows[0]).toMatchObject({
      words: "INC-1 SEV2: churn rejects requests (no cause recorded)",
      state: "watch",
      href: "/incidents/1",
    });
    expect(review.sentence).toContain("One of two models met all SLOs");
  }),
);

test(
  "lists cycles and policies on hold in the week, game days with their follow-ups in the month, and counts both in the report",
  inWorkspace(async (ctx) => {
    const week = "2026-W19";
    const policy = await createRetrainingPolicy(ctx, await newPolicyInput(ctx));
    const at = new Date("2026-05-06T12:00:00Z");
    const { workspaceId } = ctx.actor;
    const ofPolicy = { workspaceId, policyId: policy.id, revision: 1 };
    const { cycle } = await requestRetraining(ctx, { model: policy.model, reason: "the new sensor" });
    await ctx.db
      .update(retrainingCycles)
      .set({ state: "rejected", words: "The candidate is not better.", endedAt: at })
      .where(eq(retrainingCycles.id, cycle.id));
    const holds = [{ code: "paused" as const, words: "Mend the feed first.", until: null }];
    await ctx.db.insert(retrainingDecisions).values({ ...ofPolicy, kind: "held", evidence: [], holds });
    const [day] = await ctx.db
      .insert(gameDays)
      .values({
        workspaceId,
        number: 7,
        endpointId: policy.endpoint.id,
        hypothesis: "On-call is notified within 5 minutes.",
        fault: { kind: "latency", delayMs: 100, jitterMs: 0 },
        scope: "requests",
        share: 0.1,
        minutes: 10,
        isAnnounced: true,
        ownerId: ctx.actor.id,
        expectations: [],
        state: "ended",
        startedAt: at,
        report: { isConfirmed: true } as GameDayReport,
        createdBy: ctx.actor.name,
      })
      .returning();
    const followUp = { workspaceId, gameDayId: day?.id ?? "", words: "Route pages", createdBy: ctx.actor.name };
    await ctx.db.insert(gameDayFollowUps).values(followUp);
    const of = async (name: string, item: string) =>
      (await getReview(ctx, { name })).sections.find((section) => section.item === item)?.rows;
    expect(await of(week, "retraining")).toMatchObject([
      { words: "digits: Mend the feed first.", aside: "on hold" },
      { words: "digits, cycle 1: The candidate is not better.", state: "watch", href: "/retraining/digits/1" },
    ]);
    expect(await of("2026-05", "game-days")).toMatchObject([
      { words: "GD-7 on digits: On-call is notified within 5 minutes.", state: "watch", href: "/game-days/GD-7" },
    ]);
    const { retraining, gameDays: days, sentence } = await getReport(ctx, { name: week });
    expect([retraining?.cycles.value, retraining?.adopted.value]).toEqual([1, 0]);
    expect([days?.held.value, days?.confirmed.value]).toEqual([1, 1]);
    expect(plainSentence(sentence)).toContain("one game day confirmed its hypothesis");
  }),
);

test(
  "covers cost, references and SLOs in the monthly review",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const { sections } = await getReview(ctx, { name: week.start.slice(0, 7) });
    const of = (item: string) => sections.find((section) => section.item === item)?.rows ?? [];
    expect(of("baselines").map(({ words }) => words)).toEqual([
      "churn serves churn v1, which has no reference",
      "digits serves digits v1, which has no reference",
    ]);
    expect(of("slos").map(({ words, state }) => [words, state])).toContainEqual(["churn-up", "missed"]);
    expect(of("cost").map(({ words }) => words)).toEqual(["No prices set"]);
  }),
);

test(
  "records who checked an item, once, and keeps the history when it is unchecked",
  inWorkspace(async (ctx) => {
    const tick = { name: "2026-W19", item: "deploys" } as const;
    await tickReview(ctx, { ...tick, note: "all fine" });
    await expect(tickReview(ctx, tick)).rejects.toMatchObject({ code: "conflict" });
    const deploys = async () =>
      (await getReview(ctx, { name: "2026-W19" })).sections.find(({ item }) => item === "deploys");
    expect((await deploys())?.tick).toMatchObject({ by: ctx.actor.name, note: "all fine" });
    await untickReview(ctx, tick);
    expect((await deploys())?.tick).toBeNull();
    await expect(untickReview(ctx, tick)).rejects.toMatchObject({ code: "conflict" });
    await tickReview(ctx, tick);
    const kept = await ctx.db.select().from(reviewTicks).where(eq(reviewTicks.workspaceId, ctx.actor.workspaceId));
    expect(kept.map(({ undoneAt }) => undoneAt !== null).toSorted()).toEqual([false, true]);
    const ours = and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.actorId, ctx.actor.id));
    const actions = await ctx.db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(ours)
      .orderBy(auditEvents.id);
    expect(actions.map(({ action }) => action)).toEqual([
      "review.item-completed",
      "review.item-reopened",
      "review.item-completed",
    ]);
  }),
);

test(
  "forbids viewers to check, rejects items not listed, and separates workspaces",
  inWorkspace(async (ctx) => {
    const tick = { name: "2026-W19", item: "deploys" } as const;
    await expect(tickReview(as(ctx, "viewer"), tick)).rejects.toMatchObject({ code: "forbidden" });
    await expect(tickReview(ctx, { ...tick, item: "cost" })).rejects.toMatchObject({ code: "invalid" });
    await tickReview(ctx, tick);
    const other = await getReview(await newWorkspace(ctx.db), { name: "2026-W19" });
    expect(other.sections.map(({ tick }) => tick)).toEqual([null, null, null, null, null, null]);
  }),
);
