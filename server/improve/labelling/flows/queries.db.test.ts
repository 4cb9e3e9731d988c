import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelAnswers, labelConsensus, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { countMoves } from "../consensus/count-moves.ts";
import { getLabelProgress } from "../pace/queries.ts";
import { performLabelRun } from "../runs/perform-label-run.ts";
import { getLabelRun } from "../runs/queries.ts";
import { requestLabelRun } from "../runs/request-label-run.ts";
import { getLabelSummary, getPersonHistory, listLabelBacklogs } from "../runs/summary-queries.ts";
import { getPreLabelComparison } from "./pre-label-queries.ts";
import { getLabelFlow, getLabelTrigger } from "./queries.ts";
import { recordSettledLabels } from "./record-settled-labels.ts";

const noFile = () => Promise.reject(new Error("no file is read"));

async function project(ctx: Context) {
  await newServed(ctx);
  const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits" });
  const both = { given: { ada: "cat", ben: "cat" }, label: "cat" };
  await addLabelled(ctx, projectId, {
    item: "a",
    requestId: "a",
    ...both,
    settledAt: new Date(Date.now() - 20 * dayMs),
  });
  await addLabelled(ctx, projectId, {
    item: "b",
    requestId: "b",
    given: { ada: "dog", ben: "fox" },
    label: "dog",
    selection: "chosen",
  });
  await addLabelled(ctx, projectId, { item: "row", ...both });
  const late = { createdAt: new Date(Date.now() - 9.5 * dayMs) };
  await addLabelled(ctx, projectId, { item: "late", ...late });
  await countMoves(ctx, projectId, [
    { source: "audit", from: null, to: "settled", count: 3 },
    { source: "audit", from: null, to: "open" },
  ]);
  return { projectId };
}

test(
  "says where labels went, how many are fresh, and what a trigger can be about",
  inWorkspace(async (ctx) => {
    const { projectId } = await project(ctx);
    expect(await getLabelFlow(ctx, { projectId })).toMatchObject({
      settled: 3,
      recorded: 0,
      waiting: 2,
      counted: 1,
      fresh: 3,
    });
    await recordSettledLabels(ctx, projectId);
    expect(await getLabelFlow(ctx, { projectId })).toMatchObject({ recorded: 2, waiting: 0 });
    const since = new Date(Date.now() - dayMs);
    expect(await getLabelTrigger(ctx, { projectId, since })).toMatchObject({ fresh: 2, alpha: null, measuredAt: null });
    const { runId } = await requestLabelRun(ctx, { projectId });
    await performLabelRun(ctx, { runId }, { open: noFile, stat: noFile });
    const { byClass, alpha, measuredAt } = await getLabelTrigger(ctx, { projectId, since });
    expect(byClass.map(({ name }) => name)).toEqual(["cat", "dog", "fox"]);
    expect(alpha).toBeCloseTo(1 - 10 / 18, 10);
    expect(measuredAt).toBeInstanceOf(Date);
    // Viewers see numbers, but neither people nor items.
    expect((await getLabelRun(as(ctx, "viewer"), { projectId }))?.results).toMatchObject({
      byPerson: [],
      pairs: [],
      answers: 6,
    });
    expect((await getLabelRun(ctx, { projectId }))?.results.byPerson).toHaveLength(2);
  }),
);

test(
  "lists what waits, with late audit items, in the summary and the weekly review",
  inWorkspace(async (ctx) => {
    const { projectId } = await project(ctx);
    expect(await listLabelBacklogs(ctx)).toMatchObject([
      { projectId, open: 1, auditOpen: 1, auditLate: 1, settledThisWeek: 2, labelWithinDays: 7, daysLeft: 3.5 },
    ]);
    // The numbers of the project's page.
    const { hoursLow, hoursHigh, open } = await getLabelProgress(ctx, projectId);
    expect(open).toBe(1);
    expect(await listLabelBacklogs(ctx)).toMatchObject([
      { hoursLow, hoursHigh, auditSettledThisWeek: 1, auditDaysLeft: 7 },
    ]);
    expect(hoursHigh).toBeCloseTo(1 / 3, 10);
    const { sentence, tiles } = await getLabelSummary(ctx, { projectId });
    expect(sentence).toBe("Agreement is not measured yet. 1 audit item has waited longer than 7 days.");
    expect(tiles.find(({ id }) => id === "audit")).toMatchObject({ value: "1", note: "oldest 9 days" });
    const { sections } = await getReview(ctx, {});
    expect(sections.find(({ item }) => item === "labels")?.rows[0]).toEqual({
      words: "animals: 1 audit item is late, of 1 to label",
      aside: "2 labels this week, the rest takes about 4 d at this pace (20\u00a0min of labelling)",
      state: "missed",
      href: `/labels/${projectId}`,
    });
  }),
);

test(
  "shows people their own history, and others' to operators only",
  inWorkspace(async (ctx) => {
    const { projectId } = await project(ctx);
    const isBen = eq(labelAnswers.person, "ben");
    await ctx.db.update(labelAnswers).set({ agreed: true }).where(isBen);
    const [b] = await ctx.db.select().from(labelTasks).where(eq(labelTasks.item, "b"));
    await ctx.db
      .update(labelAnswers)
      .set({ agreed: false })
      .where(eq(labelAnswers.taskId, b?.id ?? 0));
    const history = await getPersonHistory(as(ctx, "operator"), { projectId, person: "ben" });
    expect(history.weeks).toMatchObject([{ answers: 3, agreement: expect.closeTo(2 / 3, 5), medianMs: 1500 }]);
    expect(history.disagreements).toMatchObject([{ item: "b", said: "fox", label: "dog" }]);
    expect(JSON.stringify(history)).not.toContain("ada");
    const member = as(ctx, "member");
    await expect(getPersonHistory(member, { projectId, person: "ben" })).rejects.toMatchObject({ code: "forbidden" });
    expect(await getPersonHistory(member, { projectId, person: member.actor.id })).toMatchObject({ weeks: [] });
  }),
);

test(
  "compares what people accept when they see the prediction with what they say unseen",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    for (let at = 0; at < 80; at += 1) {
      const said = at % 2 === 0 || at % 8 === 1 ? "cat" : "dog";
      await addLabelled(ctx, projectId, { item: `r${at}`, given: { ada: said }, probabilities: [0.8, 0.1, 0.1] });
    }
    const tasks = await ctx.db.select().from(labelTasks).where(eq(labelTasks.projectId, projectId));
    for (const { id, item } of tasks) {
      if (Number(item.slice(1)) % 2 === 0)
        await ctx.db.update(labelAnswers).set({ shownPrediction: true }).where(eq(labelAnswers.taskId, id));
    }
    expect(await getPreLabelComparison(ctx, { projectId })).toMatchObject({
      shown: { answers: 40, same: 40 },
      blind: { answers: 40, same: 10 },
      sentence: "People follow the model: 100 % accepted when shown, 25 % the same when blind.",
    });
  }),
);

test(
  "shows nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { projectId } = await project(ctx);
    const other = await newWorkspace(ctx.db);
    expect(await listLabelBacklogs(other)).toEqual([]);
    for (const call of [
      () => getLabelFlow(other, { projectId }),
      () => getLabelTrigger(other, { projectId, since: new Date(0) }),
      () => getLabelSummary(other, { projectId }),
      () => getPreLabelComparison(other, { projectId }),
      () => getPersonHistory(other, { projectId, person: other.actor.id }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "not-found" });
    }
    expect(await ctx.db.$count(labelConsensus)).toBe(3);
  }),
);
