import { launchIdOf } from "#server/improve/training/jobs/job-id.ts";
import { absent, answered, byOwnToken, inBody, nothing, type Rows } from "./row.ts";

const spec = { command: ["true"] };
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const cacheStep = { step: "a", code: { "a.py": emptySha256 }, environment: "e" };
const cacheFile = { key: emptySha256, sha256: emptySha256 };
const sweep = { kind: "random", space: { lr: { kind: "number", min: 0, max: 1 } }, metric: "loss", goal: "min" };

/** Training jobs, their engines and templates, and what the wrappers of their programs call. */
export const trainingRows: Rows = {
  "GET /api/v1/training/engines": nothing(),
  "POST /api/v1/training/engines": nothing({
    body: { name: "another-engine", settings: { kind: "ray", address: "http://ray.test" } },
  }),
  "PATCH /api/v1/training/engines/:name": absent(({ trainingEngine: name }) => ({
    params: { name },
    body: { isEnabled: false },
  })),
  "GET /api/v1/training/quotas": nothing(),
  "PUT /api/v1/training/quotas": inBody(({ teamId }) => ({ teamId, maxJobs: 1 })),
  "GET /api/v1/training/templates": nothing(),
  "PUT /api/v1/training/templates/:name": nothing({ params: { name: "another" }, body: { spec: { job: spec } } }),
  "DELETE /api/v1/training/templates/:name": absent(({ jobTemplate: name }) => ({ params: { name } })),
  "GET /api/v1/training/ready-templates": nothing(),
  "POST /api/v1/training/ready-templates/:template/install": absent(({ model, version }) => ({
    params: { template: "quantise" },
    body: { source: { name: model, version } },
  })),
  "GET /api/v1/training/jobs": nothing(),
  "POST /api/v1/training/jobs": inBody(({ trainingEngine: engine }) => ({ engine, spec })),
  "PUT /api/v1/training/packages/:sha256": nothing({ params: { sha256: emptySha256 }, body: "" }),
  "GET /api/v1/training/jobs/:job": absent(({ trainingJobId: job }) => ({ params: { job } })),
  "POST /api/v1/training/jobs/:job/stop": absent(({ trainingJobId: job }) => ({ params: { job } })),
  "POST /api/v1/training/jobs/:job/rerun": absent(({ trainingJobId: job }) => ({
    params: { job },
    body: { exact: false },
  })),
  "GET /api/v1/training/jobs/:job/rerun": absent(({ trainingJobId: job }) => ({ params: { job } })),
  "GET /api/v1/training/jobs/:job/reproducibility": absent(({ trainingJobId: job }) => ({ params: { job } })),
  "GET /api/v1/training/cache": nothing(),
  // Only for the token of a program.
  "POST /api/v1/training/cache/claim": answered(409, { body: cacheStep }, 409),
  "PUT /api/v1/training/cache/:key/files/:sha256": answered(409, { params: cacheFile, body: "" }, 409),
  "GET /api/v1/training/cache/:key/files/:sha256": answered(409, { params: cacheFile }, 409),
  "POST /api/v1/training/cache/:key/done": answered(
    409,
    { params: cacheFile, body: { files: [{ path: "a", sizeBytes: 0, sha256: emptySha256 }], seconds: 1 } },
    409,
  ),
  "POST /api/v1/training/cache/:key/failed": answered(409, { params: cacheFile }, 409),
  "GET /api/v1/training/sweeps": nothing(),
  "POST /api/v1/training/sweeps": inBody(({ trainingEngine: engine }) => ({ name: "another", engine, spec, sweep })),
  "GET /api/v1/training/sweeps/:sweep": absent(({ sweepId: sweep }) => ({ params: { sweep } })),
  "POST /api/v1/training/sweeps/:sweep/stop": absent(({ sweepId: sweep }) => ({ params: { sweep } })),
  "POST /api/v1/training/launches/:launchId/start": byOwnToken(({ trainingJobId }) => ({
    params: { launchId: launchIdOf(trainingJobId, 1) },
  })),
};
