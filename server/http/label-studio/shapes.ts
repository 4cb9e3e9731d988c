import type { AnswerRow } from "#server/improve/labelling/answers/own-answer.ts";
import { writeLabelConfig } from "#server/improve/labelling/config/write-label-config.ts";
import type { AnswerControl, LabelConfig } from "#server/improve/labelling/contract.ts";
import { regionsOf } from "#server/improve/labelling/exchange/exported-tasks.ts";
import type { Annotator, People } from "#server/improve/labelling/exchange/people.ts";
import type { StoredPrediction } from "#server/improve/labelling/predictions/stored-prediction.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import type { GivenTask } from "#server/improve/labelling/queue/contract.ts";
import type { LabelTask } from "#server/improve/labelling/tasks/contract.ts";

const tags: Record<AnswerControl["type"], string> = {
  choices: "Choices",
  labels: "Labels",
  rectanglelabels: "RectangleLabels",
  number: "Number",
  textarea: "TextArea",
  rating: "Rating",
};
const objectTags = { image: "Image", text: "Text", row: "Table" } as const;

/** Writes a project as Label Studio's clients read it: docs/spec/labelling.md section 11.2. */
export function projectShape(project: LabelProjectDetails) {
  const { id, name, description, config, configText, settings, guidelines, counts, createdAt, createdBy } = project;
  const { open, settled, review, dropped, answers } = counts;
  return {
    id,
    title: name,
    description,
    label_config: configText || writeLabelConfig(config),
    expert_instruction: guidelines.text,
    show_instruction: guidelines.text !== "",
    maximum_annotations: settings.minAnswers,
    is_published: true,
    model_version: "",
    sampling: "Leeway",
    created_at: createdAt,
    created_by: { first_name: createdBy, last_name: "", avatar: null },
    task_number: open + settled + review + dropped,
    finished_task_number: settled,
    total_annotations_number: answers,
    parsed_label_config: parsedConfig(config),
    config_has_control_tags: true,
  };
}

function parsedConfig({ controls, objects }: LabelConfig) {
  return Object.fromEntries(
    controls.map(({ name, toName, type, classes }) => {
      const object = objects.find((one) => one.name === toName);
      const inputs = object ? [{ type: objectTags[object.kind], valueType: null, value: object.field }] : [];
      const attributes = Object.fromEntries(
        classes.map(({ name: alias, title }) => [alias, { value: title, ...(alias !== title && { alias }) }]),
      );
      const labels = classes.map((one) => one.name);
      return [name, { type: tags[type], to_name: [toName], inputs, labels, labels_attrs: attributes }];
    }),
  );
}

export interface TaskParts {
  answers: readonly AnswerRow[];
  predictions: readonly StoredPrediction[];
}

/** Fields of a task beside what was said about it. */
export function taskFields(task: LabelTask) {
  const { id, projectId, data, meta, createdAt, updatedAt, state, wanted, answers, cannotTell } = task;
  return {
    id,
    data,
    meta: meta ?? {},
    created_at: createdAt,
    updated_at: updatedAt,
    is_labeled: state === "settled",
    overlap: wanted,
    total_annotations: answers - cannotTell,
    cancelled_annotations: cannotTell,
    project: projectId,
    file_upload: null,
  };
}

/** Writes a task with its annotations and predictions. @param isFull annotators as objects, as in a single task */
export function taskShape(
  task: LabelTask,
  { answers, predictions }: TaskParts,
  { config, people, isFull = false }: { config: LabelConfig; people: People; isFull?: boolean },
) {
  const of = answers.filter(({ taskId }) => taskId === task.id);
  const predicted = predictions.filter(({ taskId }) => taskId === task.id);
  return {
    ...taskFields(task),
    drafts: [],
    total_predictions: predicted.length,
    annotators: of.map(({ person }) => people.annotator(person).id),
    annotations: of.map((answer) => annotationShape(answer, { task, config, people, isFull })),
    predictions: predicted.map(predictionShape),
  };
}

/** Writes a task for someone who is about to answer it, without what others answered. */
export function givenShape(task: GivenTask, predictions: readonly StoredPrediction[]) {
  const { id, projectId, data, source, expiresAt } = task;
  return {
    id,
    data,
    meta: {},
    project: projectId,
    is_labeled: false,
    annotations: [],
    drafts: [],
    predictions: predictions.map(predictionShape),
    unique_lock_id: `${id}-${expiresAt.getTime()}`,
    queue: source,
  };
}

/** Writes an answer as an annotation: the regions that its client sent, or those that say what was answered in Leeway. */
export function annotationShape(
  answer: AnswerRow,
  {
    task,
    config,
    people,
    isFull = false,
  }: { task: Pick<LabelTask, "data" | "projectId">; config: LabelConfig; people: People; isFull?: boolean },
) {
  const { id, taskId, person, value, result, cannotTell, spentMs, createdAt, updatedAt } = answer;
  const annotator = people.annotator(person);
  return {
    id,
    result: result ?? regionsOf(value, task.data, config),
    created_username: `${annotator.name} ${annotator.email}`,
    completed_by: isFull ? userShape(annotator) : annotator.id,
    was_cancelled: cannotTell,
    ground_truth: false,
    created_at: createdAt,
    updated_at: updatedAt,
    lead_time: spentMs === null ? null : spentMs / 1000,
    task: taskId,
    project: task.projectId,
    updated_by: annotator.id,
  };
}

export function predictionShape(prediction: StoredPrediction) {
  const { id, taskId, projectId, result, score, modelVersion, createdAt, updatedAt } = prediction;
  return {
    id,
    result,
    model_version: modelVersion,
    score,
    created_at: createdAt,
    updated_at: updatedAt,
    task: taskId,
    project: projectId,
  };
}

export function userShape({ id, email, name }: Annotator) {
  return { id, email, first_name: name, last_name: "", username: email, initials: email.slice(0, 2), avatar: null };
}
