import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { Instant } from "#server/base/instant.ts";
import { budgetHistory } from "#server/respond/budget-spending/budget-history.ts";
import { BudgetConsumers, BudgetHistory } from "#server/respond/budget-spending/contract.ts";
import { listBudgetConsumers } from "#server/respond/budget-spending/list-budget-consumers.ts";
import { addAdjustment } from "#server/watch/slo/adjustments/add-adjustment.ts";
import { AddAdjustment, RevokeAdjustment } from "#server/watch/slo/adjustments/contract.ts";
import { revokeAdjustment } from "#server/watch/slo/adjustments/revoke-adjustment.ts";
import { approveChanges } from "#server/watch/slo/approvals/approve-changes.ts";
import { ApproveChanges, RevokeApproval } from "#server/watch/slo/approvals/contract.ts";
import { revokeApproval } from "#server/watch/slo/approvals/revoke-approval.ts";
import { Slo } from "#server/watch/slo/objectives/contract.ts";
import { getSlo } from "#server/watch/slo/objectives/queries.ts";
import { Replay, ReplaySlo } from "#server/watch/slo/replay/contract.ts";
import { replaySlo } from "#server/watch/slo/replay/replay-slo.ts";
import { route } from "./route.ts";
import { sloParams as params } from "./slos.ts";

const path = "/slos/:slo";

/** Registers the routes for SLO budgets: their use, excluded time ranges, approvals of changes, and rules tested on history. */
export function sloBudgets(app: FastifyInstance): void {
  const history = { summary: "Get the remaining error budget over the SLO window, with related events", params };
  route(app, { method: "GET", path: `${path}/history`, ...history, response: BudgetHistory }, ({ ctx, params }) =>
    budgetHistory(ctx, params),
  );
  const budgetConsumers = {
    summary: "Get the versions, rollouts and incidents that consumed the error budget",
    params,
  };
  route(
    app,
    { method: "GET", path: `${path}/budget-consumers`, ...budgetConsumers, response: BudgetConsumers },
    ({ ctx, params }) => listBudgetConsumers(ctx, params),
  );
  const replay = {
    summary: "Replay alert rules on recorded data before saving them",
    body: ReplaySlo,
    response: Replay,
  };
  route(app, { method: "POST", path: "/slo-replays", ...replay }, ({ ctx, body }) => replaySlo(ctx, body));
  adjustments(app);
  approvals(app);
}

async function idOf(ctx: Context, { slo }: { slo: string }): Promise<string> {
  return (await getSlo(ctx, { slo })).id;
}

function adjustments(app: FastifyInstance): void {
  const body = AddAdjustment.omit({ sloId: true }).extend({ from: Instant, to: Instant });
  const add = { summary: "Exclude a time range from an SLO, such as planned maintenance", params, body, response: Slo };
  route(app, { method: "POST", path: `${path}/adjustments`, ...add, status: 201 }, async ({ ctx, params, body }) =>
    addAdjustment(ctx, { sloId: await idOf(ctx, params), ...body }),
  );
  const revoke = {
    summary: "Revoke an adjustment",
    params: params.extend({ adjustment: z.uuid() }),
    body: RevokeAdjustment.pick({ reason: true }),
    response: Slo,
  };
  route(app, { method: "POST", path: `${path}/adjustments/:adjustment/revocation`, ...revoke }, async (request) => {
    const { ctx, params, body } = request;
    return revokeAdjustment(ctx, { sloId: await idOf(ctx, params), adjustmentId: params.adjustment, ...body });
  });
}

function approvals(app: FastifyInstance): void {
  const body = ApproveChanges.omit({ sloId: true }).extend({ until: Instant });
  const approve = {
    summary: "Approve changes until a given time despite the error budget",
    params,
    body,
    response: Slo,
  };
  route(app, { method: "POST", path: `${path}/approvals`, ...approve, status: 201 }, async ({ ctx, params, body }) =>
    approveChanges(ctx, { sloId: await idOf(ctx, params), ...body }),
  );
  const revoke = {
    summary: "Revoke an approval",
    params: params.extend({ approval: z.uuid() }),
    body: RevokeApproval.pick({ reason: true }),
    response: Slo,
  };
  route(app, { method: "POST", path: `${path}/approvals/:approval/revocation`, ...revoke }, async (request) => {
    const { ctx, params, body } = request;
    return revokeApproval(ctx, { sloId: await idOf(ctx, params), approvalId: params.approval, ...body });
  });
}
