import type { Annotator } from "../people.ts";
import type { ExportedLabel, ExportedPrediction, ExportedProject, ExportedTask, TaskPages } from "./exported-task.ts";

/** How a person is written: by number, or with the address by which another Label Studio finds them. */
export type PersonForm = "number" | "email";

/** Writes tasks as Label Studio's JSON, with complete predictions, so that one file moves a project. */
export async function* writeJson(pages: TaskPages, { id }: ExportedProject, form: PersonForm): AsyncGenerator<string> {
  let separator = "[";
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((task) => JSON.stringify(taskJson(task, id, form))).join(",\n");
    separator = ",\n";
  }
  yield separator === "[" ? "[]" : "]";
}

function taskJson(task: ExportedTask, project: number, form: PersonForm) {
  const { id, data, meta, createdAt, updatedAt, labels, predictions } = task;
  const cancelled = labels.filter(({ cannotTell }) => cannotTell).length;
  return {
    id,
    annotations: labels.map((label) => labelJson(label, id, project, form)),
    drafts: [],
    predictions: predictions.map((prediction) => predictionJson(prediction, id, project)),
    data,
    meta,
    created_at: createdAt,
    updated_at: updatedAt,
    total_annotations: labels.length - cancelled,
    cancelled_annotations: cancelled,
    total_predictions: predictions.length,
    project,
  };
}

function labelJson(label: ExportedLabel, task: number, project: number, form: PersonForm) {
  const { id, annotator, result, cannotTell, leadTime, createdAt, updatedAt, consensus } = label;
  return {
    id,
    completed_by: annotator && personJson(annotator, form),
    result,
    was_cancelled: cannotTell,
    // Exports reach annotators too, who must not see which items measure them.
    ground_truth: false,
    created_at: createdAt,
    updated_at: updatedAt,
    lead_time: leadTime,
    result_count: result.length,
    task,
    project,
    ...consensus,
  };
}

function personJson({ id, email, name }: Annotator, form: PersonForm) {
  return form === "number" ? id : { id, email, first_name: name, last_name: "" };
}

function predictionJson(prediction: ExportedPrediction, task: number, project: number) {
  const { id, result, score, modelVersion, createdAt } = prediction;
  return { id, result, model_version: modelVersion, score, created_at: createdAt, task, project };
}
