import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockAnnotatorsOf } from "../annotators/lock-annotator.ts";
import { type OwnCounts, settleTasks } from "../consensus/settle-tasks.ts";
import { mainControl } from "../projects/check-label-config.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { hashShare } from "../queue/hash-share.ts";
import { reopenTasks } from "../reviews/reopen-tasks.ts";
import { type LockedTask, lockTasksWithData } from "../tasks/lock-tasks.ts";
import { labelsAgree } from "../values/labels-agree.ts";
import { requireFit, storeAnswer } from "./answer-label-task.ts";
import { findGroupLabel } from "./group-queries.ts";
import { type AnsweredGroup, AnswerLabelGroup, minSingleAnswers } from "./groups/contract.ts";

/** Share of tasks answered at once that someone answers again, singly. */
const checkedShare = 0.05;

/**
 * Answers alike tasks at once, but for the exceptions. Only where the first three answers to the group, given one by one, agree. Each task gets an
 * answer of its own, marked as bulk; a random 5 % are asked again. docs/spec/labelling.md section 3.6.
 * @throws DomainError "not-found", "conflict" while single answers are too few or disagree, "invalid" for a value that does not fit
 */
export async function answerLabelGroup(ctx: Context, input: AnswerLabelGroup): Promise<AnsweredGroup> {
  permit(ctx, "answerLabelGroup");
  const { projectId, groupKey, taskIds, exceptions, value, spentMs } = AnswerLabelGroup.parse(input);
  const annotator = await annotatorOf(ctx);
  const result = await transact(ctx, async (ctx) => {
    const project = await findLiveLabelProject(ctx, projectId);
    const { label } = await findGroupLabel(ctx, project, groupKey);
    if (label === null) {
      const message = `Label ${minSingleAnswers} tasks of this group one by one first; they must agree.`;
      throw new DomainError("conflict", message);
    }
    const chosen = taskIds.filter((id) => !exceptions.includes(id));
    const tasks = (await lockTasksWithData(ctx, projectId, chosen)).filter((task) => task.groupKey === groupKey);
    if (!labelsAgree(value, label, mainControl(project.config))) {
      throw new DomainError("invalid", "The single answers to this group have a different label.", { field: "value" });
    }
    // Gold items among them change counters one after another.
    await lockAnnotatorsOf(ctx, projectId, { taskIds: tasks.map(({ id }) => id), person: annotator.person });
    const answered: number[] = [];
    const undecided: LockedTask[] = [];
    const own: OwnCounts[] = [];
    const each = spentMs === undefined ? undefined : Math.round(spentMs / Math.max(1, tasks.length));
    for (const task of tasks) {
      requireFit(project.config, value, task);
      const values = {
        projectId,
        taskId: task.id,
        value,
        cannotTell: false,
        note: "",
        spentMs: each,
        shownPrediction: false,
      };
      const before = own.length;
      const isNew = await storeAnswer(ctx, { values: { ...values, isBulk: true }, annotator, project, task, own });
      if (isNew) answered.push(task.id);
      if (own.length > before) undecided.push(task);
    }
    const checked = undecided.filter(({ id }) => hashShare(`bulk ${id}`) < checkedShare);
    const moved = await reopenTasks(ctx, { tasks: checked, reason: "", uncounted: 1 });
    // All at once, so that counts and other people's rows change in one order and for a short time.
    await settleTasks(ctx, project, { taskIds: undecided.map(({ id }) => id), own, moved });
    return { answered, passedOver: chosen.filter((id) => !answered.includes(id)) };
  });
  announce(ctx, "labels", String(projectId));
  return result;
}
