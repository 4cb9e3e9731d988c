import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { WriteNote } from "#server/tracking/contract.ts";
import { writeNote } from "#server/tracking/runs/write-note.ts";
import { route } from "./route.ts";

/** What people write about runs. */
export function runNotes(app: FastifyInstance): void {
  route(
    app,
    {
      method: "PUT",
      path: "/runs/:run/note",
      summary: "Write the note of a run in Markdown; an empty one takes it away",
      params: z.object({ run: z.string() }),
      body: WriteNote.omit({ runId: true }),
    },
    ({ ctx, params, body }) => writeNote(ctx, { runId: params.run, ...body }),
  );
}
