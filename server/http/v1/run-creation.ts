import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { KeyValue } from "#server/develop/tracking/contract.ts";
import { ProbableDuplicate, Run } from "#server/develop/tracking/runs/contract.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { listProbableDuplicates } from "#server/develop/tracking/runs/duplicate-queries.ts";
import { RunName, RunUserName } from "#server/develop/tracking/runs/tags.ts";
import { getExperimentHead } from "#server/develop/tracking/tables/experiment-queries.ts";
import { route } from "./route.ts";

const params = z.object({ experiment: z.string().describe("Experiment ID or name.") });
const NewRun = z.object({
  name: RunName.optional().describe("Defaults to a random name."),
  userName: RunUserName.optional(),
  startedAt: z.int().min(0).optional().describe("Milliseconds since 1970; defaults to now."),
  tags: z.array(KeyValue).max(100).optional(),
});

/** Registers starting runs over REST, and finding runs that were started twice. */
export function runCreation(app: FastifyInstance): void {
  const create = { summary: "Start a run", params, body: NewRun, response: Run, status: 201 as const };
  route(
    app,
    { method: "POST", path: "/experiments/:experiment/runs", ...create, isRepeatable: true },
    async ({ ctx, params, body, idempotencyKey }) => {
      const { id } = await getExperimentHead(ctx, { idOrName: params.experiment, now: Date.now() });
      return createRun(ctx, { experimentId: id, ...body }, idempotencyKey);
    },
  );
  const duplicates = {
    summary: "List probable duplicate runs with the same name, user and start",
    params,
    response: z.object({ duplicates: z.array(ProbableDuplicate) }),
  };
  route(
    app,
    { method: "GET", path: "/experiments/:experiment/probable-duplicates", ...duplicates },
    async ({ ctx, params }) => {
      const { id } = await getExperimentHead(ctx, { idOrName: params.experiment, now: Date.now() });
      return { duplicates: await listProbableDuplicates(ctx, id) };
    },
  );
}
