import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelAnnotators } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { auditedActions } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { getLabelAnnotator, getOwnAnnotator, listLabelAnnotators } from "../annotators/queries.ts";
import { setAnnotatorPause } from "../annotators/set-annotator-pause.ts";
import { undoAnswer } from "../answers/undo-answer.ts";
import { leaseGold } from "../queue/lease-gold.ts";
import { nextLabelTask } from "../queue/next-label-task.ts";
import { decideLabelReview } from "../reviews/decide-label-review.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { listGoldCandidates, listGolds } from "./queries.ts";
import { setGold } from "./set-gold.ts";

const damaged = { kind: "class" as const, label: "damaged" };
const source = "uncertain" as const;

/** A project with gold items, which half of the tasks given are, and with other tasks. */
async function newGolds(ctx: Context, count: number) {
  const projectId = await newLabelProject(ctx, { settings: { goldShare: 0.5, auditShare: 0.1 } });
  const golds = await newTasks(
    ctx,
    projectId,
    Array.from({ length: count }, (_, at) => `gold ${at}`),
  );
  for (const taskId of golds) await setGold(ctx, { taskId, value: damaged, explanation: "See the corner." });
  const others = Array.from({ length: 60 }, (_, at) => ({ item: `other ${at}`, data: {} }));
  await newTasks(ctx, projectId, others);
  return { projectId, golds };
}

/** Labels until a person is given nothing more, or `limit` tasks. @returns the tasks given */
async function labelAll(ctx: Context, projectId: number, { label, limit }: { label: string; limit: number }) {
  const given: number[] = [];
  while (given.length < limit) {
    const { task } = await nextLabelTask(ctx, { projectId });
    if (!task) break;
    given.push(task.id);
    await answerWith(ctx, { projectId, taskId: task.id }, label);
  }
  return given;
}

test(
  "gives gold items that look like all tasks, each once, and explains them after the answer",
  inWorkspace(async (ctx) => {
    const { projectId, golds } = await newGolds(ctx, 8);
    const person = await newMember(ctx);
    const fields = new Set<string>();
    const given: number[] = [];
    for (let at = 0; at < 50; at += 1) {
      const { task } = await nextLabelTask(person, { projectId });
      if (!task) break;
      fields.add(Object.keys(task).join());
      expect(task).toMatchObject({ source: "imported", reason: "" });
      const taken = await answerWith(person, { projectId, taskId: task.id }, "damaged");
      if (golds.includes(task.id)) {
        expect(taken.gold).toEqual({ isCorrect: true, expected: damaged, explanation: "See the corner." });
        given.push(task.id);
      } else expect(taken.gold).toBeNull();
    }
    expect(fields.size).toBe(1);
    expect(given.toSorted()).toEqual(golds.toSorted());
    expect(await getOwnAnnotator(person, projectId)).toMatchObject({ gold: { seen: 8, correct: 8, action: "none" } });
    expect((await listGolds(ctx, projectId)).map(({ seen, correct }) => ({ seen, correct }))).toEqual(
      golds.map(() => ({ seen: 1, correct: 1 })),
    );
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "counts the first answer to a gold item only, and lets nobody take it back",
  inWorkspace(async (ctx) => {
    const { projectId, golds } = await newGolds(ctx, 1);
    const person = await newMember(ctx);
    const [taskId = 0] = golds;
    const first = await answerWith(person, { projectId, taskId }, "intact");
    expect(first.gold).toMatchObject({ isCorrect: false });
    expect(await answerWith(person, { projectId, taskId }, "damaged")).toEqual(first);
    await expect(undoAnswer(person, { projectId })).rejects.toMatchObject({ code: "not-found" });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ answers: 0, consensus: { value: damaged } });
  }),
);

test(
  "pauses a person who is very likely below the minimum, until someone lets them continue",
  inWorkspace(async (ctx) => {
    const { projectId } = await newGolds(ctx, 8);
    const person = await newMember(ctx);
    await labelAll(person, projectId, { label: "intact", limit: 60 });
    const paused = await nextLabelTask(person, { projectId });
    expect(paused).toMatchObject({
      task: null,
      paused: "0 of 5 gold items correct; accuracy is very likely below 80%.",
    });
    expect(await auditedActions(ctx)).toContain("label-annotator.paused");
    const { id } = person.actor;
    await setAnnotatorPause(ctx, { projectId, person: id, isPaused: false, reason: "We talked." });
    expect((await nextLabelTask(person, { projectId })).task).not.toBeNull();
    expect(await getLabelAnnotator(ctx, { projectId, person: id })).toMatchObject({
      gold: { seen: 0 },
      pausedAt: null,
    });
  }),
);

test(
  "sends a gold item to review that most people answer otherwise",
  inWorkspace(async (ctx) => {
    const { projectId, golds } = await newGolds(ctx, 1);
    const [taskId = 0] = golds;
    const states: unknown[] = [];
    for (const label of ["intact", "damaged", "intact", "intact"]) {
      await answerWith(await newMember(ctx), { projectId, taskId }, label);
      states.push((await getLabelTask(ctx, taskId)).review);
    }
    expect(states).toEqual([null, null, null, "gold"]);
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "settled", consensus: { value: damaged } });
  }),
);

test(
  "proposes items that three people agree on, and requires a label for others",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 3, maxAnswers: 3 } });
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    for (const label of ["damaged", "damaged", "damaged"]) {
      const person = await newMember(ctx);
      await answerWith(person, { projectId, taskId: a }, label);
      await answerWith(person, { projectId, taskId: b }, label);
    }
    await answerWith(ctx, { projectId, taskId: b }, "intact");
    expect((await listGoldCandidates(ctx, projectId)).map(({ taskId }) => taskId)).toEqual([a]);
    expect(await setGold(ctx, { taskId: a })).toMatchObject({ value: damaged, isEnabled: true });
    // From now on its label does not move with later answers.
    expect(await getLabelTask(ctx, a)).toMatchObject({ consensus: { method: "review", value: damaged } });
    await expect(setGold(ctx, { taskId: b })).rejects.toMatchObject({ code: "invalid", field: "value" });
    expect(await listGoldCandidates(ctx, projectId)).toEqual([]);
    const [c = 0] = await newTasks(ctx, projectId, ["c"]);
    await expect(setGold(ctx, { taskId: c })).rejects.toMatchObject({ code: "invalid" });
    await setGold(ctx, { taskId: a, isEnabled: false });
    expect((await listGolds(ctx, projectId))[0]).toMatchObject({ isEnabled: false });
    const [row] = await ctx.db
      .select()
      .from(labelAnnotators)
      .where(and(eq(labelAnnotators.projectId, projectId), eq(labelAnnotators.person, ctx.actor.id)));
    expect(row).toMatchObject({ answered: 1, compared: 1, agreed: 0 });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "corrects a gold item that a reviewer decides otherwise, and what it said about people",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    await setGold(ctx, { taskId, value: damaged });
    const people = [await newMember(ctx), await newMember(ctx), await newMember(ctx)];
    const count = async () =>
      (await listLabelAnnotators(ctx, projectId)).map(({ gold }) => `${gold.correct} of ${gold.seen}`);
    for (const person of people) await answerWith(person, { projectId, taskId }, "intact");
    expect(await count()).toEqual(["0 of 1", "0 of 1", "0 of 1"]);
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ review: "gold" });
    const intact = { kind: "class" as const, label: "intact" };
    await decideLabelReview(ctx, { taskId, verdict: "decided", value: intact, reason: "they see it" });
    expect(await listGolds(ctx, projectId)).toMatchObject([{ value: intact, seen: 3, correct: 3 }]);
    expect(await count()).toEqual(["1 of 1", "1 of 1", "1 of 1"]);
    const later = await answerWith(await newMember(ctx), { projectId, taskId }, "damaged");
    expect(later.gold).toMatchObject({ isCorrect: false, expected: intact });
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ review: null });
    // Sent back it measures nobody.
    await decideLabelReview(ctx, { taskId, verdict: "sent-back", reason: "unsure" });
    expect(await listGolds(ctx, projectId)).toMatchObject([{ isEnabled: false }]);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "measures nobody by a gold item whose label they gave",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { goldShare: 0.5 } });
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    await setGold(ctx, { taskId, value: damaged });
    // The same lease for both, so that chance decides nothing.
    const lease = (person: string) => leaseGold(ctx, { projectId, person, leaseSeconds: 60, queue: "" });
    expect(await lease(ctx.actor.id)).toBeNull();
    expect(await answerWith(ctx, { projectId, taskId }, "intact")).toMatchObject({ gold: null, isSurplus: true });
    expect(await lease((await newMember(ctx)).actor.id)).toMatchObject({ id: taskId });
  }),
);

test(
  "gives a gold item in a chosen queue as one of that queue, also when it is given again",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { goldShare: 0.5 } });
    const ids = await newTasks(
      ctx,
      projectId,
      Array.from({ length: 30 }, (_, at) => ({ item: `gold ${at}`, data: {}, reason: "Sent by Mia." })),
    );
    for (const taskId of ids) await setGold(ctx, { taskId, value: damaged });
    const reason = "The model is uncertain.";
    const uncertain = Array.from({ length: 30 }, (_, at) => ({ item: `${at}`, data: {}, source, reason }));
    await newTasks(ctx, projectId, uncertain);
    const person = await newMember(ctx);
    let golds = 0;
    for (let at = 0; at < 20; at += 1) {
      const { task } = await nextLabelTask(person, { projectId, queue: source });
      if (!task) break;
      expect(task).toMatchObject({ source, reason });
      expect((await nextLabelTask(person, { projectId, queue: source })).task).toMatchObject({
        id: task.id,
        source,
        reason,
      });
      if (ids.includes(task.id)) golds += 1;
      await answerWith(person, { projectId, taskId: task.id }, "damaged");
    }
    expect(golds).toBeGreaterThan(0);
  }),
);
