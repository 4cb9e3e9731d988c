import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, inBody, inQuery, nothing, type Rows } from "./row.ts";

const task = { kind: "classification", label: "split" };

const pairOf = ({ model, version }: Fixture) => ({ model, version: String(version), baseVersion: String(version) });

/** Evaluation sets, and evaluations of versions on them. */
export const evaluationRows: Rows = {
  "GET /api/v1/evaluation-sets": nothing(),
  "POST /api/v1/evaluation-sets": absent(({ dataset, digest }) => ({
    body: { name: "another-set", definition: { dataset: { name: dataset, digest }, task } },
  })),
  "GET /api/v1/evaluation-sets/:set": absent(),
  "POST /api/v1/evaluation-sets/:set/retirement": absent({ body: { reason: "x" } }),
  "GET /api/v1/evaluation-sets/:set/comparison": inQuery(pairOf),
  "GET /api/v1/evaluation-sets/:set/changed-rows": inQuery(pairOf, { change: "lost" }),
  "GET /api/v1/models/:model/versions/:version/logged-evaluations": absent(),
  "GET /api/v1/models/:model/versions/:version/model-card.md": absent(),
  "GET /api/v1/evaluations": nothing(),
  "POST /api/v1/evaluations": inBody(({ evaluationSetId, model, version }) => ({
    setId: evaluationSetId,
    name: model,
    version,
  })),
  "GET /api/v1/evaluations/:evaluation": absent(),
  "POST /api/v1/evaluations/:evaluation/cancellation": absent(),
  "GET /api/v1/evaluations/:evaluation/rows": absent(),
  "GET /api/v1/robustness-runs": nothing(),
  "POST /api/v1/robustness-runs": inBody(({ evaluationSetId, model, version }) => ({
    setId: evaluationSetId,
    name: model,
    version,
  })),
  "GET /api/v1/robustness-runs/:robustnessRun": absent(),
  "POST /api/v1/robustness-runs/:robustnessRun/cancellation": absent(),
  "GET /api/v1/robustness-runs/:robustnessRun/comparison": inQuery(({ robustnessRunId }) => ({
    base: robustnessRunId,
  })),
};
