import { absent, nothing, type Rows } from "./row.ts";

const reason = "x";
const body = (sent: object) => ({ body: sent });

/** The REST interface on experiments, runs and datasets. */
export const trackingRows: Rows = {
  "GET /api/v1/experiments": nothing(),
  "GET /api/v1/experiments/:experiment": absent(),
  "GET /api/v1/experiments/:experiment/curves": absent(({ runId }) => ({ query: { runs: runId, keys: "loss" } })),
  "GET /api/v1/experiments/:experiment/runs": absent(),
  "POST /api/v1/experiments/:experiment/runs": absent(body({ name: "new" })),
  "GET /api/v1/experiments/:experiment/probable-duplicates": absent(),
  "GET /api/v1/experiments/:experiment/fields": absent({ query: { kind: "param" } }),
  "GET /api/v1/experiments/:experiment/values": absent({ query: { field: "params.param" } }),
  "GET /api/v1/experiments/:experiment/groups": absent({ query: { by: "params.param" } }),
  "GET /api/v1/experiments/:experiment/runs.csv": absent(),
  "GET /api/v1/experiments/:experiment/runs.parquet": absent(),
  "POST /api/v1/experiments/:experiment/runs/tagging": absent(({ runId }) => ({
    body: { runIds: [runId], key: "team", value: "x" },
  })),
  "POST /api/v1/experiments/:experiment/runs/deletion": absent(body({ filter: "", reason })),
  "POST /api/v1/experiments/:experiment/runs/restoration": absent(body({ filter: "" })),
  "GET /api/v1/experiments/:experiment/views": absent(),
  "POST /api/v1/experiments/:experiment/views": absent(body({ name: "new", state: { filter: "" } })),
  "PATCH /api/v1/views/:view": absent(body({ name: "renamed" })),
  "DELETE /api/v1/views/:view": absent(),
  "GET /api/v1/experiments/:experimentId/retention": absent(),
  "PUT /api/v1/experiments/:experimentId/retention": absent(body({ deleteRunsAfterDays: 1, purgeAfterDays: 1 })),
  "DELETE /api/v1/experiments/:experimentId/retention": absent(),
  "GET /api/v1/runs/:run": absent(),
  "GET /api/v1/runs/:run/metrics": absent({ query: { keys: "loss" } }),
  "GET /api/v1/runs/:run/artifacts": absent(),
  "GET /api/v1/runs/:run/models": absent(),
  "GET /api/v1/runs/:run/findings": absent(),
  "GET /api/v1/runs/:run/files": absent(),
  "GET /api/v1/runs/:run/environment": absent(),
  "GET /api/v1/runs/:run/relatives": absent(),
  "PUT /api/v1/runs/:run/note": absent(body({ note: "why it was tried" })),
  "GET /api/v1/findings": nothing(({ experimentId }) => ({ query: { experiment: String(experimentId) } })),
  "GET /api/v1/run-values": absent(({ runId }) => ({ query: { runs: runId, columns: "params.param" } })),
  "GET /api/v1/datasets": nothing(),
  "GET /api/v1/dataset-versions": nothing(),
  "GET /api/v1/datasets/:dataset": absent(),
  "POST /api/v1/datasets/:dataset/uploads": nothing({
    body: "a\n1\n",
    headers: { "content-type": "application/octet-stream" },
    query: { fileName: "b.csv" },
  }),
  "GET /api/v1/datasets/:dataset/uploads/:upload": absent(),
  "POST /api/v1/datasets/:dataset/uploads/:upload/retries": absent(({ givenUpUploadId }) => ({
    params: { upload: givenUpUploadId },
  })),
  "GET /api/v1/datasets/:dataset/versions/:digest": absent(),
  "POST /api/v1/datasets/:dataset/versions/:digest/checks": absent(),
  "GET /api/v1/datasets/:dataset/versions/:digest/file": absent(),
  "PUT /api/v1/datasets/:dataset/contract": absent(
    body({ rules: { columns: [{ column: "text", nullable: false }] }, reason }),
  ),
  "GET /api/v1/datasets/:dataset/contract/revisions": absent(),
  "GET /api/v1/datasets/:dataset/contract/proposal": absent(({ digest }) => ({ query: { digest } })),
  "GET /api/v1/datasets/:dataset/leakage-checks": absent(),
  "POST /api/v1/datasets/:dataset/leakage-checks": absent(({ dataset: name, digest }) => {
    const side = (value: string) => ({ name, digest, where: { column: "split", value } });
    return { body: { left: side("train"), right: side("test") } };
  }),
  "GET /api/v1/datasets/:dataset/leakage-checks/:check": absent(),
};
