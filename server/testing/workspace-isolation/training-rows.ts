import { randomUUID } from "node:crypto";
import { launchIdOf } from "#server/improve/training/jobs/job-id.ts";
import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, answered, byOwnToken, inBody, nothing, open, type Requested, type Rows } from "./row.ts";

const spec = { command: ["true"] };
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const cacheStep = { step: "a", code: { "a.py": emptySha256 }, environment: "e" };
const cacheFile = { key: emptySha256, sha256: emptySha256 };
const sweep = { kind: "random", space: { lr: { kind: "number", min: 0, max: 1 } }, metric: "loss", goal: "min" };

const heartbeat = { seq: 1, rssBytes: null, gpus: [], step: null, spoolBytes: 0 };
const end = { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false };
const files = [{ path: "a", sizeBytes: 0, sha256: emptySha256 }];
const manifest = { name: "step-1", framework: "torch", step: 1, files };
const ofJob = ({ trainingJobId: job }: Fixture) => ({ params: { job } });

/** A row of what the wrapper of an attempt calls. */
const byAttempt = (more: Requested = {}) =>
  byOwnToken(({ trainingJobId: job, trainingAttempt }) => ({
    ...more,
    params: { job, number: String(trainingAttempt), sha256: emptySha256, checkpoint: randomUUID() },
  }));

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
  "POST /api/v1/training/jobs/:job/preempt": absent(({ trainingJobId: job }) => ({ params: { job } })),
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
  "POST /api/v1/training/launches/:launchId/join": byOwnToken(({ trainingJobId }) => ({
    params: { launchId: launchIdOf(trainingJobId, 1) },
    body: { rank: 1 },
  })),
  "GET /api/v1/training/launches/:launchId/package": byOwnToken(({ trainingJobId }) => ({
    params: { launchId: launchIdOf(trainingJobId, 1) },
  })),
  "GET /api/v1/training/jobs/:job/log": absent((fixture) => ({ ...ofJob(fixture), query: { attempt: "1" } })),
  "GET /api/v1/training/jobs/:job/log/matches": absent((fixture) => ({ ...ofJob(fixture), query: { q: "x" } })),
  "GET /api/v1/training/jobs/:job/log/file": absent(ofJob),
  "GET /api/v1/training/jobs/:job/checkpoints": absent(ofJob),
  "GET /api/v1/training/wrapper": open(),
  "GET /api/v1/training/client": open(),
  "POST /api/v1/training/attempts/:job/:number/heartbeat": byAttempt({ body: heartbeat }),
  "POST /api/v1/training/attempts/:job/:number/log": byAttempt({ query: { start: "0", dropped: "0" }, body: "x" }),
  "PUT /api/v1/training/attempts/:job/:number/blobs/:sha256": byAttempt({ body: "" }),
  "GET /api/v1/training/attempts/:job/:number/blobs/:sha256": byAttempt(),
  "POST /api/v1/training/attempts/:job/:number/checkpoints": byAttempt({ body: manifest }),
  "POST /api/v1/training/attempts/:job/:number/checkpoints/:checkpoint/restored": byAttempt({ body: {} }),
  "POST /api/v1/training/attempts/:job/:number/checkpoints/:checkpoint/torn": byAttempt({ body: {} }),
  "POST /api/v1/training/attempts/:job/:number/rank-end": byAttempt({
    body: { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false },
  }),
  "POST /api/v1/training/attempts/:job/:number/end": byAttempt({
    body: { ...end, logBytes: 0, logDropped: 0, startedAt: 1, endedAt: 2 },
  }),
};
