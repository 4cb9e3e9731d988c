import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, reviewTicks } from "#db/schema/index.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createReportFixture } from "../../../testing/fixtures/reports/testing.ts";
import { nameOf } from "../periods.ts";
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
      ["deploys", 0],
      ["incidents", 1],
      ["actions", 0],
    ]);
    expect(review.sections[3]?.rows[0]).toMatchObject({
      words: "INC-1 SEV2: churn rejects requests (no cause recorded)",
      state: "watch",
      href: "/incidents/1",
    });
    expect(review.sentence).toContain("One of two models met all SLOs");
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
    expect(other.sections.map(({ tick }) => tick)).toEqual([null, null, null, null, null]);
  }),
);
