import type { UploadProblem } from "#server/develop/datasets/contract.ts";
import type { GateEvidence } from "#server/develop/registry/gates/contract.ts";
import type { GateSetting } from "#server/develop/registry/policy/contract.ts";
import type { Engine } from "#server/serve/engines/contract.ts";
import type { FrozenFacts, RolloutState } from "#server/serve/rollout/contract.ts";
import type { Evidence, EvidencePoint } from "#server/serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";

import type {
  EvaluationResult,
  EvaluationSetDefinition,
  EvaluationSetFacts,
  RobustnessResult,
  RobustnessSettings,
  TrainingLeakage,
} from "../evaluation/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "deployments.engine": Engine;
    "gateRuns.settings": GateSetting;
    "gateRuns.evidence": GateEvidence;
    "evaluationSets.definition": EvaluationSetDefinition;
    "evaluationSets.facts": EvaluationSetFacts;
    "evaluationSets.problem": UploadProblem;
    "evaluationRuns.settings": RobustnessSettings;
    "evaluationRuns.result": EvaluationResult | RobustnessResult;
    "evaluationRuns.leakage": TrainingLeakage;
    "rollouts.plan": RolloutPlan;
    "rollouts.frozen": FrozenFacts;
    "rollouts.state": RolloutState;
    "rolloutDecisions.evidence": Evidence;
    "rolloutEvidence.point": EvidencePoint;
  }
}
