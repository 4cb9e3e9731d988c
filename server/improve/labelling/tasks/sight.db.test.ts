import { expect, test } from "vitest";
import { answerWith, newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { as, inWorkspace, newMember } from "#server/testing/testing.ts";
import { getAnswer, listCurrentAnswers } from "../answers/current-answers.ts";
import { setGold } from "../golds/set-gold.ts";
import { getPrediction, listTaskPredictions } from "../predictions/queries.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { isBlindFor } from "../queue/given-task.ts";
import { listTaskPage } from "./list-task-page.ts";
import { getLabelTask, listLabelTasks } from "./queries.ts";

const predicted = { result: [], score: 0.9 };
const asTask = (item: string) => ({
  item,
  data: {},
  probabilities: [0.2, 0.8],
  factors: { gain: 1, drift: 0, weight: 1, twins: 0 },
  predictions: [predicted],
});

test(
  "shows an annotator what others said about a task once they have answered it, and a reviewer at any time",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 2, maxAnswers: 2 } });
    const [taskId = 0, goldId = 0] = await newTasks(ctx, projectId, [asTask("a"), asTask("b")]);
    const [one, other] = [await newMember(ctx), await newMember(ctx)];
    const { answerId } = await answerWith(one, { projectId, taskId }, "damaged");
    await setGold(ctx, { taskId: goldId, value: { kind: "class", label: "damaged" } });
    const details = await getLabelTask(other, taskId);
    const unseen = { probabilities: null, posterior: null, factors: null, review: null };
    const nothing = { consensus: null, history: [], reviews: [], gold: null, ...unseen };
    expect(details).toMatchObject({ ...nothing, state: "open", answers: 1 });
    expect(await getLabelTask(other, goldId)).toMatchObject({ ...nothing, state: "open", settledAt: null, answers: 0 });
    const open = await listLabelTasks(other, { projectId, state: "open" });
    expect(open.tasks).toMatchObject([
      { id: taskId, ...unseen },
      { id: goldId, ...unseen, state: "open" },
    ]);
    expect((await listLabelTasks(other, { projectId, state: "settled" })).tasks).toEqual([]);
    const page = await listTaskPage(other, { projectId, page: 1, pageSize: 10 });
    expect(page.tasks).toMatchObject([unseen, { ...unseen, state: "open" }]);
    const ids = [taskId, goldId];
    expect(await listCurrentAnswers(other, ids)).toEqual([]);
    await expect(getAnswer(other, answerId)).rejects.toMatchObject({ code: "not-found" });
    expect(await listTaskPredictions(other, ids)).toEqual([]);
    // A reviewer, and the person who answered.
    expect(await getLabelTask(as(other, "operator"), goldId)).toMatchObject({ gold: { value: { label: "damaged" } } });
    expect((await listLabelTasks(ctx, { projectId, state: "settled" })).tasks).toMatchObject([{ id: goldId }]);
    const [shown] = await listTaskPredictions(ctx, [taskId]);
    await expect(getPrediction(other, shown?.id ?? 0)).rejects.toMatchObject({ code: "not-found" });
    expect(await getPrediction(one, shown?.id ?? 0)).toMatchObject({ score: 0.9 });
    expect(await listCurrentAnswers(one, ids)).toMatchObject([{ id: answerId }]);
    // Once the other has answered as well.
    await answerWith(other, { projectId, taskId }, "damaged");
    expect(await getLabelTask(other, taskId)).toMatchObject({
      state: "settled",
      probabilities: [0.2, 0.8],
      consensus: { value: { label: "damaged" } },
      history: [{ person: one.actor.id }, { person: other.actor.id }],
    });
    await answerWith(other, { projectId, taskId: goldId }, "damaged");
    expect(await getLabelTask(other, goldId)).toMatchObject({ state: "settled", gold: { isEnabled: true } });
  }),
);

test(
  "shows predictions before the answer where the project does, but for blind tasks",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(
      ctx,
      projectId,
      Array.from({ length: 40 }, (_, at) => asTask(`item ${at}`)),
    );
    const person = await newMember(ctx);
    expect(await listTaskPredictions(person, ids)).toEqual([]);
    await updateLabelProject(ctx, { projectId, settings: { showPredictions: true } });
    const shown = (await listTaskPredictions(person, ids)).map(({ taskId }) => taskId);
    expect(shown).toEqual(ids.filter((id) => !isBlindFor(id, person.actor.id)));
    expect(shown.length).toBeGreaterThan(20);
  }),
);
