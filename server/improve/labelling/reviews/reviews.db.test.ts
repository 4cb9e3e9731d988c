import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { auditedActions } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { getLabelProject } from "../projects/queries.ts";
import { nextLabelTask } from "../queue/next-label-task.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { askSecondOpinions } from "./ask-second-opinions.ts";
import { decideLabelReview } from "./decide-label-review.ts";
import { listLabelReviews } from "./queries.ts";

/** A project in which up to two answers are wanted, and a task on which two people disagree. */
async function disputed(ctx: Context) {
  const projectId = await newLabelProject(ctx, { settings: { minAnswers: 1, maxAnswers: 2 } });
  const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
  const people = [ctx, await newMember(ctx), await newMember(ctx)] as const;
  await answerWith(people[0], { projectId, taskId }, "intact");
  expect(await answerWith(people[1], { projectId, taskId }, "damaged")).toMatchObject({ state: "review" });
  return { projectId, taskId, people };
}

const damaged = { kind: "class" as const, label: "damaged" };

test(
  "lists what people disagree on without their names, with what led after each answer",
  inWorkspace(async (ctx) => {
    const { projectId, taskId } = await disputed(ctx);
    const { items } = await listLabelReviews(ctx, { projectId });
    expect(items).toMatchObject([{ task: { id: taskId, review: "disagreement" }, consensus: null, gold: null }]);
    const [first, second] = items[0]?.answers ?? [];
    expect(first).toMatchObject({ leading: { label: "intact" } });
    expect(first?.posterior).toBeCloseTo(0.85, 10);
    expect(second?.posterior).toBeCloseTo(0.5, 10);
    expect(JSON.stringify(items)).not.toContain(ctx.actor.id);
    expect((await listLabelReviews(ctx, { projectId, reason: "gold" })).items).toEqual([]);
  }),
);

test(
  "settles a task by a reviewer, whom later answers do not outvote, and measures people by it",
  inWorkspace(async (ctx) => {
    const { projectId, taskId, people } = await disputed(ctx);
    const reviewed = await decideLabelReview(ctx, { taskId, verdict: "decided", value: damaged, reason: "the corner" });
    expect(reviewed).toMatchObject({
      state: "settled",
      review: null,
      consensus: { value: damaged, method: "review", people: 2 },
      reviews: [{ verdict: "decided", value: damaged, reason: "the corner" }],
    });
    expect(reviewed.history.map(({ agreed }) => agreed)).toEqual([false, true]);
    await answerWith(people[2], { projectId, taskId }, "intact");
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "settled", consensus: { value: damaged } });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    expect(await auditedActions(ctx)).toContain("label-task.reviewed");
    const unfit = { kind: "class" as const, label: "lost" };
    await expect(
      decideLabelReview(ctx, { taskId, verdict: "decided", value: unfit, reason: "x" }),
    ).rejects.toMatchObject({ code: "invalid", message: '"lost" is not a class of this project.' });
  }),
);

test(
  "sends a task back to others, who see why",
  inWorkspace(async (ctx) => {
    const { projectId, taskId, people } = await disputed(ctx);
    await decideLabelReview(ctx, { taskId, verdict: "sent-back", reason: "Look at the corner." });
    expect((await nextLabelTask(people[0], { projectId })).task).toBeNull();
    expect((await nextLabelTask(people[2], { projectId })).task).toMatchObject({
      id: taskId,
      source: "second",
      reason: "Look at the corner.",
    });
    expect((await getLabelProject(ctx, projectId)).counts.bySource).toEqual([{ source: "second", open: 1 }]);
    expect(await answerWith(people[2], { projectId, taskId }, "damaged")).toMatchObject({ isSurplus: false });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "sends a task to review when two people cannot decide, and lets it stay there while the guidelines are unclear",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 1, maxAnswers: 5 } });
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    const other = await newMember(ctx);
    expect(await answerWith(ctx, { projectId, taskId }, null)).toMatchObject({ state: "open" });
    expect(await answerWith(other, { projectId, taskId }, null)).toMatchObject({ state: "review" });
    await decideLabelReview(ctx, { taskId, verdict: "unclear", reason: "What about scratches?" });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "review", review: "cannot-tell", cannotTell: 2 });
    await decideLabelReview(ctx, { taskId, verdict: "sent-back", reason: "Scratches are damage." });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "open", review: null });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "asks for second opinions on settled tasks, and passes over those a reviewer decided",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    for (const taskId of [a, b]) await answerWith(ctx, { projectId, taskId }, "intact");
    await decideLabelReview(ctx, { taskId: b, verdict: "decided", value: damaged, reason: "x" });
    expect(await askSecondOpinions(ctx, { projectId, taskIds: [a, b] })).toEqual({ asked: 1, passedOver: 1 });
    const other = await newMember(ctx);
    expect((await nextLabelTask(ctx, { projectId })).task).toBeNull();
    expect((await nextLabelTask(other, { projectId, queue: "second" })).task?.id).toBe(a);
    expect(await answerWith(other, { projectId, taskId: a }, "intact")).toMatchObject({ state: "settled" });
    expect(await getLabelTask(ctx, a)).toMatchObject({ consensus: { people: 2 }, answers: 2 });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "does not overwrite what another reviewer decided meanwhile",
  inWorkspace(async (ctx) => {
    const { taskId } = await disputed(ctx);
    const decide = { taskId, verdict: "decided" as const, value: damaged, reason: "the corner", lastReview: null };
    const { reviews } = await decideLabelReview(ctx, decide);
    const sentBack = { taskId, verdict: "sent-back" as const, reason: "again" };
    await expect(decideLabelReview(ctx, { ...sentBack, lastReview: null })).rejects.toMatchObject({ code: "conflict" });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "settled", consensus: { value: damaged } });
    await decideLabelReview(ctx, { ...sentBack, lastReview: reviews[0]?.id ?? 0 });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "open" });
  }),
);
