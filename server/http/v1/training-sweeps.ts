import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { WebDependencies } from "#server/http/server.ts";
import { ListSweeps, StartSweep, StopSweep, Sweep, SweepDetails } from "#server/improve/training/sweeps/contract.ts";
import { getSweep, listSweeps } from "#server/improve/training/sweeps/queries.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { stopSweep } from "#server/improve/training/sweeps/stop-sweep.ts";
import { route } from "./route.ts";

const ofSweep = z.object({ sweep: z.uuid() });

/** Sweeps: training jobs that try parameters. */
export function trainingSweeps(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const list = {
    summary: "List sweeps, newest first",
    query: ListSweeps.extend({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ sweeps: z.array(Sweep) }),
  };
  route(app, { method: "GET", path: "/training/sweeps", ...list }, async ({ ctx, query }) => ({
    sweeps: await listSweeps(ctx, query),
  }));
  const start = {
    summary: "Start a sweep",
    body: StartSweep,
    response: SweepDetails,
    status: 201,
    isRepeatable: true,
  } as const;
  route(app, { method: "POST", path: "/training/sweeps", ...start }, ({ ctx, body, idempotencyKey }) =>
    startSweep(ctx, body, { artifacts, idempotencyKey }),
  );
  const show = {
    summary: "Get a sweep with its trials, best trial and parameter importance",
    params: ofSweep,
    response: SweepDetails,
  };
  route(app, { method: "GET", path: "/training/sweeps/:sweep", ...show }, ({ ctx, params }) =>
    getSweep(ctx, params.sweep),
  );
  const stop = {
    summary: "Stop a sweep; checkpoints of its trials are kept",
    params: ofSweep,
    body: StopSweep.omit({ sweep: true }),
    response: SweepDetails,
  };
  route(app, { method: "POST", path: "/training/sweeps/:sweep/stop", ...stop }, ({ ctx, params, body }) =>
    stopSweep(ctx, { ...body, sweep: params.sweep }),
  );
}
