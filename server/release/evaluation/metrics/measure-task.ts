import type { EvaluationTask } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { classificationTask } from "./classification-task.ts";
import { numberTask } from "./number-task.ts";
import type { TaskMetrics } from "./task-metrics.ts";

/** Returns what is measured of a run on a set, by the kind of its task. */
export function measureTask(task: EvaluationTask, set: SetRows, run: RunRows): TaskMetrics {
  switch (task.kind) {
    case "classification":
      return classificationTask(set, run);
    case "regression":
    case "forecast":
      return numberTask(task.kind, set, run);
  }
}
