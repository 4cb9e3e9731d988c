import { getModelCard } from "#server/release/evaluation/card/get-model-card.ts";
import { compareEvaluations } from "#server/release/evaluation/comparison/compare-evaluations.ts";
import { listChangedRows } from "#server/release/evaluation/comparison/list-changed-rows.ts";
import { listLoggedEvaluations } from "#server/release/evaluation/logged/list-logged-evaluations.ts";
import { requestRobustness } from "#server/release/evaluation/robustness/request-robustness.ts";
import {
  compareRobustness,
  getRobustness,
  listRobustness,
} from "#server/release/evaluation/robustness/robustness-queries.ts";
import { listEvaluatedRows } from "#server/release/evaluation/rows/list-evaluated-rows.ts";
import { cancelEvaluation } from "#server/release/evaluation/runs/cancel-evaluation.ts";
import { requestEvaluation } from "#server/release/evaluation/runs/request-evaluation.ts";
import { resumeEvaluations } from "#server/release/evaluation/runs/resume-evaluations.ts";
import { runEvaluation } from "#server/release/evaluation/runs/run-evaluation.ts";
import { getEvaluation, listEvaluations } from "#server/release/evaluation/runs/run-queries.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { freezeEvaluationSet, markEvaluationSetFailed } from "#server/release/evaluation/sets/freeze-evaluation-set.ts";
import { retireEvaluationSet } from "#server/release/evaluation/sets/retire-evaluation-set.ts";
import { getEvaluationSet, listEvaluationSets } from "#server/release/evaluation/sets/set-queries.ts";
import type { VersionLeaser } from "#server/serve/model-runs/with-leased-version.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const models: VersionLeaser = {
  leaseVersion: () => Promise.reject(new Error("No version runs here.")),
};

const pairOf = ({ evaluationSetId: setId, model: name, version }: Fixture) => {
  const key = { name, version };
  return { setId, first: key, second: key };
};

/** Evaluation sets, and evaluations of versions on them. */
export const evaluationSetCalls = {
  listEvaluationSets: (ctx) => listEvaluationSets(ctx),
  getEvaluationSet: (ctx, { evaluationSetId }) => getEvaluationSet(ctx, evaluationSetId),
  listEvaluations: (ctx) => listEvaluations(ctx),
  getEvaluation: (ctx, { evaluationRunId }) => getEvaluation(ctx, evaluationRunId),
  listEvaluatedRows: (ctx, { evaluationRunId: id, store }) => listEvaluatedRows(ctx, { id }, store),
  compareEvaluations: (ctx, fixture) => compareEvaluations(ctx, pairOf(fixture), fixture.store),
  listChangedRows: (ctx, fixture) => listChangedRows(ctx, { ...pairOf(fixture), change: "lost" }, fixture.store),
  listRobustness: (ctx) => listRobustness(ctx),
  getRobustness: (ctx, { robustnessRunId }) => getRobustness(ctx, robustnessRunId),
  compareRobustness: (ctx, { robustnessRunId: id }) => compareRobustness(ctx, { id, base: id }),
  requestRobustness: (ctx, { evaluationSetId: setId, model: name, version }) =>
    requestRobustness(ctx, { setId, name, version }),
  listLoggedEvaluations: (ctx, { model: name, version }) => listLoggedEvaluations(ctx, { name, version }),
  getModelCard: (ctx, { model: name, version }) => getModelCard(ctx, { name, version }),
  createEvaluationSet: (ctx, { dataset, digest }) =>
    createEvaluationSet(ctx, {
      name: "another-set",
      definition: { dataset: { name: dataset, digest }, task: { kind: "classification", label: "split" } },
    }),
  requestEvaluation: (ctx, { evaluationSetId: setId, model: name, version }) =>
    requestEvaluation(ctx, { setId, name, version }),
  cancelEvaluation: (ctx, { evaluationRunId }) => cancelEvaluation(ctx, evaluationRunId),
  retireEvaluationSet: (ctx, { evaluationSetId: id }) => retireEvaluationSet(ctx, { id, reason: "x" }),
  freezeEvaluationSet: (ctx, { evaluationSetId, store }) => freezeEvaluationSet(ctx, evaluationSetId, store),
  markEvaluationSetFailed: (ctx, { evaluationSetId: setId }) => markEvaluationSetFailed(ctx, { setId, reason: "x" }),
  runEvaluation: (ctx, { evaluationRunId, store }) => runEvaluation(ctx, evaluationRunId, { artifacts: store, models }),
  resumeEvaluations: (ctx) => resumeEvaluations(ctx),
} as const satisfies Calls;
