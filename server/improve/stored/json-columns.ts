import type {
  GuidelineClass,
  LabelConfig,
  LabelSettings,
  LabelValue,
  RankFactors,
  Region,
} from "../labelling/contract.ts";
import type { QueueCursor } from "../labelling/queue/contract.ts";
import type { LabelRunResults } from "../labelling/runs/contract.ts";
import type { LabelProgress } from "../labelling/sources/progress.ts";
import type {
  ApprovalPart,
  CancelRequest,
  ComparisonPart,
  DataPart,
  RetrainingPlan,
  RetrainingPolicy,
} from "../retraining/contract.ts";
import type { Evidence } from "../retraining/look/evidence.ts";
import type { Hold } from "../retraining/look/holds.ts";
import type { RetrainingOutcome } from "../retraining/outcome/contract.ts";
import type {
  CheckpointFile,
  EndReport,
  EngineDescription,
  EngineHandle,
  EngineSettings,
  Heartbeat,
  JobSpec,
  Machine,
  ReproducibilityRecord,
  Seen,
  StopRequest,
  TemplateSpec,
  WaitingReason,
} from "../training/contract.ts";
import type { RungValue, SweepJob, SweepSpec } from "../training/sweeps/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "labelProjects.config": LabelConfig;
    "labelProjects.settings": Partial<LabelSettings>;
    "labelProjects.progress": LabelProgress;
    "labelGuidelines.classes": GuidelineClass[];
    "labelGuidelines.config": LabelConfig;
    "labelTasks.data": Record<string, unknown>;
    "labelTasks.factors": RankFactors;
    "labelAnswers.value": LabelValue;
    "labelAnswers.result": Region[];
    "labelPredictions.result": Region[];
    "labelConsensus.value": LabelValue;
    "labelReviews.value": LabelValue;
    "labelGolds.value": LabelValue;
    "labelAnnotators.cursors": Record<string, QueueCursor>;
    "labelRuns.results": LabelRunResults;
    "trainingEngines.settings": EngineSettings;
    "trainingEngines.description": EngineDescription;
    "jobTemplates.spec": TemplateSpec;
    "trainingSweeps.spec": SweepSpec;
    "trainingSweeps.job": SweepJob;
    "trainingSweeps.rungs": RungValue[];
    "trainingJobs.spec": JobSpec;
    "trainingJobs.waiting": WaitingReason;
    "trainingJobs.stopRequest": StopRequest;
    "trainingLaunches.handle": EngineHandle;
    "trainingLaunches.seen": Seen;
    "trainingAttempts.heartbeat": Heartbeat;
    "trainingAttempts.report": EndReport;
    "trainingAttempts.machine": Machine;
    "trainingAttempts.record": ReproducibilityRecord;
    "trainingCheckpoints.files": CheckpointFile[];
    "trainingCache.output": Record<string, unknown>;
    "retrainingPolicies.rules": RetrainingPolicy;
    "retrainingPolicies.plan": RetrainingPlan;
    "retrainingCycles.rules": RetrainingPolicy;
    "retrainingCycles.plan": RetrainingPlan;
    "retrainingCycles.evidence": Evidence[];
    "retrainingCycles.data": DataPart;
    "retrainingCycles.comparison": ComparisonPart;
    "retrainingCycles.approval": ApprovalPart;
    "retrainingCycles.cancelRequest": CancelRequest;
    "retrainingCycles.outcome": RetrainingOutcome;
    "retrainingDecisions.evidence": Evidence[];
    "retrainingDecisions.holds": Hold[];
  }
}
