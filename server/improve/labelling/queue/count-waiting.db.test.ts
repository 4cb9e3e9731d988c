import { expect, test } from "vitest";
import { answerWith, newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { setAnnotatorPause } from "../annotators/set-annotator-pause.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { countWaitingLabels } from "./count-waiting.ts";

test(
  "counts what someone can still label, and what reviewers decide, in active projects",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 2, maxAnswers: 2 } });
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b", "c"]);
    const [one, two] = [await newMember(ctx), await newMember(ctx)];
    expect(await countWaitingLabels(one)).toEqual({ waiting: 3 });
    await answerWith(one, { projectId, taskId: a }, "intact");
    expect(await countWaitingLabels(one)).toEqual({ waiting: 2 });
    expect(await countWaitingLabels(two)).toEqual({ waiting: 3 });
    // Two who disagree: it waits for a reviewer.
    await answerWith(one, { projectId, taskId: b }, "intact");
    await answerWith(two, { projectId, taskId: b }, "damaged");
    expect(await countWaitingLabels(two)).toEqual({ waiting: 2 });
    expect(await countWaitingLabels(ctx)).toEqual({ waiting: 3 });
    await setAnnotatorPause(ctx, { projectId, person: two.actor.id, isPaused: true, reason: "on leave" });
    expect(await countWaitingLabels(two)).toEqual({ waiting: 0 });
    await updateLabelProject(ctx, { projectId, state: "paused" });
    expect(await countWaitingLabels(one)).toEqual({ waiting: 0 });
  }),
);
