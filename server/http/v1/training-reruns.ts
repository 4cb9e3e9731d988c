import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { WebDependencies } from "#server/http/server.ts";
import { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import { checkRerun } from "#server/improve/training/reproducibility/check-rerun.ts";
import { Reproducibility, RerunCheck, RerunJob } from "#server/improve/training/reproducibility/contract.ts";
import { getReproducibility } from "#server/improve/training/reproducibility/queries.ts";
import { rerunJob } from "#server/improve/training/reproducibility/rerun-job.ts";
import { route } from "./route.ts";

const ofJob = z.object({ job: z.string().max(64) });

/** Training jobs that repeat or change an earlier one, and how equal they came out. */
export function trainingReruns(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const check = {
    summary: "Check whether a training job can be re-run exactly",
    params: ofJob,
    response: RerunCheck,
  };
  route(app, { method: "GET", path: "/training/jobs/:job/rerun", ...check }, ({ ctx, params }) =>
    checkRerun(ctx, params.job, { artifacts }),
  );
  const rerun = {
    summary: "Re-run a training job, exactly or with changes",
    params: ofJob,
    body: RerunJob.omit({ job: true }),
    response: TrainingJobDetails,
    status: 201,
    isRepeatable: true,
  } as const;
  route(app, { method: "POST", path: "/training/jobs/:job/rerun", ...rerun }, ({ ctx, params, body, idempotencyKey }) =>
    rerunJob(ctx, { ...body, job: params.job }, { artifacts, idempotencyKey }),
  );
  const compare = {
    summary: "Compare a finished re-run with its original job",
    params: ofJob,
    query: z.object({ metric: z.union([z.string(), z.array(z.string()).max(500)]).optional() }),
    response: Reproducibility,
  };
  route(app, { method: "GET", path: "/training/jobs/:job/reproducibility", ...compare }, ({ ctx, params, query }) =>
    getReproducibility(ctx, params.job, { metrics: query.metric === undefined ? undefined : [query.metric].flat() }),
  );
}
