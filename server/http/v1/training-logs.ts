import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { attachment } from "#server/http/mlflow/file-headers.ts";
import { TrainingCheckpoint } from "#server/improve/training/checkpoints/contract.ts";
import { listTrainingCheckpoints } from "#server/improve/training/checkpoints/queries.ts";
import { LogMatches, LogPage, ReadLog, SearchLog } from "#server/improve/training/log/contract.ts";
import { downloadLog, readLog, searchLog } from "#server/improve/training/log/queries.ts";
import { route } from "./route.ts";

/** Logs and checkpoints of training jobs, to read. */
export function trainingLogs(app: FastifyInstance): void {
  const params = z.object({ job: z.string().max(64) });
  const page = {
    summary: "Get log lines of an attempt: from a byte, from a line, or the last ones",
    query: ReadLog,
    response: LogPage,
  };
  route(app, { method: "GET", path: "/training/jobs/:job/log", params, ...page }, ({ ctx, params, query }) =>
    readLog(ctx, params.job, query),
  );
  const search = {
    summary: "Search the log of a training job",
    query: SearchLog,
    response: LogMatches,
  };
  route(app, { method: "GET", path: "/training/jobs/:job/log/matches", params, ...search }, ({ ctx, params, query }) =>
    searchLog(ctx, params.job, query),
  );
  const path = "/training/jobs/:job/log/file";
  const query = z.object({ attempt: z.coerce.number().int().min(1).optional() });
  const summary = "Download the raw log of one or all attempts";
  app.operations.push({ method: "GET", path, summary, params, query, status: 200 });
  app.get(path, async (request, reply) => {
    if (!request.caller) throw new Error("The log route was registered outside v1Plugin.");
    const { job } = params.parse(request.params);
    const { name, content } = await downloadLog(request.caller, job, query.parse(request.query).attempt);
    reply.type("text/plain; charset=utf-8").header("content-disposition", attachment(name));
    return reply.header("x-content-type-options", "nosniff").send(Readable.from(content));
  });
  const checkpoints = {
    summary: "List the checkpoints of a training job, newest first",
    response: z.object({ checkpoints: z.array(TrainingCheckpoint) }),
  };
  route(
    app,
    { method: "GET", path: "/training/jobs/:job/checkpoints", params, ...checkpoints },
    async ({ ctx, params }) => ({ checkpoints: await listTrainingCheckpoints(ctx, params.job) }),
  );
}
