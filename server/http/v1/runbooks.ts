import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { archiveRunbook } from "#server/runbooks/archive-runbook.ts";
import * as contract from "#server/runbooks/contract.ts";
import { createRunbook } from "#server/runbooks/create-runbook.ts";
import { getRunbook, listRunbooks } from "#server/runbooks/queries.ts";
import { renderRunbook } from "#server/runbooks/render-runbook.ts";
import { tickStep } from "#server/runbooks/tick-step.ts";
import { untickStep } from "#server/runbooks/untick-step.ts";
import { updateRunbook } from "#server/runbooks/update-runbook.ts";
import { route } from "./route.ts";

const { Runbook, RunbookSummary, RenderedRunbook } = contract;
const params = z.object({ runbook: z.uuid() });
const path = "/runbooks/:runbook";

/** What to do: written, followed for an alert group or an incident, and ticked step by step. */
export function runbooks(app: FastifyInstance): void {
  const all = { summary: "List runbooks by name", response: z.object({ runbooks: z.array(RunbookSummary) }) };
  route(app, { method: "GET", path: "/runbooks", ...all }, async ({ ctx }) => ({ runbooks: await listRunbooks(ctx) }));
  const create = { summary: "Write a runbook", body: contract.CreateRunbook, response: Runbook, status: 201 as const };
  route(app, { method: "POST", path: "/runbooks", ...create }, ({ ctx, body }) => createRunbook(ctx, body));
  const show = { summary: "Show a runbook as it is written", params, response: Runbook };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getRunbook(ctx, { runbookId: params.runbook }));
  const update = { summary: "Change a runbook; what is left out stays", params, response: Runbook };
  const change = contract.UpdateRunbook.omit({ runbookId: true });
  route(app, { method: "PATCH", path, ...update, body: change }, ({ ctx, params, body }) =>
    updateRunbook(ctx, { runbookId: params.runbook, ...body }),
  );
  const query = contract.ArchiveRunbook.omit({ runbookId: true });
  route(
    app,
    { method: "DELETE", path, summary: "Take a runbook off the list", params, query },
    ({ ctx, params, query }) => archiveRunbook(ctx, { runbookId: params.runbook, ...query }),
  );
  following(app);
}

function following(app: FastifyInstance): void {
  const query = z.object({ subject: z.uuid().optional().describe("Id of the alert group or incident.") });
  const render = { summary: "A runbook filled in for an alert group or an incident, with its ticks", params, query };
  route(
    app,
    { method: "GET", path: `${path}/rendered`, ...render, response: RenderedRunbook },
    ({ ctx, params, query }) => renderRunbook(ctx, { runbookId: params.runbook, subjectId: query.subject ?? null }),
  );
  const body = contract.TickStep.omit({ runbookId: true });
  const tick = { summary: "Tick a step of a runbook", params, body };
  route(app, { method: "POST", path: `${path}/ticks`, ...tick }, ({ ctx, params, body }) =>
    tickStep(ctx, { runbookId: params.runbook, ...body }),
  );
  const untick = { summary: "Take the tick off a step", params, query: body };
  route(app, { method: "DELETE", path: `${path}/ticks`, ...untick }, ({ ctx, params, query }) =>
    untickStep(ctx, { runbookId: params.runbook, ...query }),
  );
}
