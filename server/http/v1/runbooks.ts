import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { archiveRunbook } from "#server/respond/incidents/runbooks/archive-runbook.ts";
import * as contract from "#server/respond/incidents/runbooks/contract.ts";
import { createRunbook } from "#server/respond/incidents/runbooks/create-runbook.ts";
import { getRunbook, listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { renderRunbook } from "#server/respond/incidents/runbooks/render-runbook.ts";
import { tickStep } from "#server/respond/incidents/runbooks/tick-step.ts";
import { untickStep } from "#server/respond/incidents/runbooks/untick-step.ts";
import { updateRunbook } from "#server/respond/incidents/runbooks/update-runbook.ts";
import { route } from "./route.ts";

const { Runbook, RunbookSummary, RenderedRunbook } = contract;
const params = z.object({ runbook: z.uuid() });
const path = "/runbooks/:runbook";

/** Registers the routes for runbooks: written, followed for an alert group or an incident, and ticked step by step. */
export function runbooks(app: FastifyInstance): void {
  const all = { summary: "List runbooks by name", response: z.object({ runbooks: z.array(RunbookSummary) }) };
  route(app, { method: "GET", path: "/runbooks", ...all }, async ({ ctx }) => ({ runbooks: await listRunbooks(ctx) }));
  const create = { summary: "Create a runbook", body: contract.CreateRunbook, response: Runbook, status: 201 as const };
  route(app, { method: "POST", path: "/runbooks", ...create }, ({ ctx, body }) => createRunbook(ctx, body));
  const show = { summary: "Get a runbook as written", params, response: Runbook };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getRunbook(ctx, { runbookId: params.runbook }));
  const update = { summary: "Update a runbook; omitted fields are unchanged", params, response: Runbook };
  const change = contract.UpdateRunbook.omit({ runbookId: true });
  route(app, { method: "PATCH", path, ...update, body: change }, ({ ctx, params, body }) =>
    updateRunbook(ctx, { runbookId: params.runbook, ...body }),
  );
  const query = contract.ArchiveRunbook.omit({ runbookId: true });
  route(app, { method: "DELETE", path, summary: "Archive a runbook", params, query }, ({ ctx, params, query }) =>
    archiveRunbook(ctx, { runbookId: params.runbook, ...query }),
  );
  following(app);
}

function following(app: FastifyInstance): void {
  const query = z.object({ subject: z.uuid().optional().describe("Alert group or incident ID.") });
  const render = {
    summary: "Get a runbook rendered for an alert group or incident, with completed steps",
    params,
    query,
  };
  route(
    app,
    { method: "GET", path: `${path}/rendered`, ...render, response: RenderedRunbook },
    ({ ctx, params, query }) => renderRunbook(ctx, { runbookId: params.runbook, subjectId: query.subject ?? null }),
  );
  const body = contract.TickStep.omit({ runbookId: true });
  const tick = { summary: "Complete a runbook step", params, body };
  route(app, { method: "POST", path: `${path}/ticks`, ...tick }, ({ ctx, params, body }) =>
    tickStep(ctx, { runbookId: params.runbook, ...body }),
  );
  const untick = { summary: "Reopen a runbook step", params, query: body };
  route(app, { method: "DELETE", path: `${path}/ticks`, ...untick }, ({ ctx, params, query }) =>
    untickStep(ctx, { runbookId: params.runbook, ...query }),
  );
}
