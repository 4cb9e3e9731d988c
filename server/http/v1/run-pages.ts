import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { RunRelatives, WriteNote } from "#server/develop/tracking/runs/contract.ts";
import { writeNote } from "#server/develop/tracking/runs/write-note.ts";
import { getRunRelatives } from "#server/develop/tracking/tables/relatives-query.ts";
import { route } from "./route.ts";

/** Registers the routes for data of a run's page that the run did not log: its place in the hierarchy, and users' notes. */
export function runPages(app: FastifyInstance): void {
  const params = z.object({ run: z.string() });
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/relatives",
      summary: "Get the experiment, parent, children, logged models and model versions of a run",
      params,
      response: RunRelatives,
    },
    ({ ctx, params }) => getRunRelatives(ctx, params.run),
  );
  route(
    app,
    {
      method: "PUT",
      path: "/runs/:run/note",
      summary: "Set the Markdown note of a run; an empty note removes it",
      params,
      body: WriteNote.omit({ runId: true }),
    },
    ({ ctx, params, body }) => writeNote(ctx, { runId: params.run, ...body }),
  );
}
