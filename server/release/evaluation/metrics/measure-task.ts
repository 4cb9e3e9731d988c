import type { EvaluationTask } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { anomalyTask } from "./anomaly-task.ts";
import { boxesTask } from "./boxes-task.ts";
import { classificationTask } from "./classification-task.ts";
import { multilabelTask } from "./multilabel-task.ts";
import { numberTask } from "./number-task.ts";
import { rankingTask } from "./ranking-task.ts";
import { spansTask } from "./spans-task.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import { transcriptionTask } from "./transcription-task.ts";

/** Returns what is measured of a run on a set, by the kind of its task. */
export function measureTask(task: EvaluationTask, set: SetRows, run: RunRows): TaskMetrics {
  switch (task.kind) {
    case "classification":
      return classificationTask(set, run);
    case "multilabel":
      return multilabelTask(set, run);
    case "ranking":
      return rankingTask(task.at, set, run);
    case "transcription":
      return transcriptionTask(set, run);
    case "boxes":
      return boxesTask(task, set, run);
    case "spans":
      return spansTask(set, run);
    case "anomaly":
      return anomalyTask(task, set, run);
    default:
      return numberTask(task.kind, set, run);
  }
}
