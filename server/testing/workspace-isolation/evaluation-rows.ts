import { absent, inBody, nothing, type Rows } from "./row.ts";

const task = { kind: "classification", label: "split" };

/** Evaluation sets, and evaluations of versions on them. */
export const evaluationRows: Rows = {
  "GET /api/v1/evaluation-sets": nothing(),
  "POST /api/v1/evaluation-sets": absent(({ dataset, digest }) => ({
    body: { name: "another-set", definition: { dataset: { name: dataset, digest }, task } },
  })),
  "GET /api/v1/evaluation-sets/:set": absent(),
  "POST /api/v1/evaluation-sets/:set/retirement": absent({ body: { reason: "x" } }),
  "GET /api/v1/evaluations": nothing(),
  "POST /api/v1/evaluations": inBody(({ evaluationSetId, model, version }) => ({
    setId: evaluationSetId,
    name: model,
    version,
  })),
  "GET /api/v1/evaluations/:evaluation": absent(),
  "POST /api/v1/evaluations/:evaluation/cancellation": absent(),
  "GET /api/v1/evaluations/:evaluation/rows": absent(),
};
