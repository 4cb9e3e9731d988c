import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { hourMs } from "#server/base/durations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { approveChanges } from "#server/watch/slo/approvals/approve-changes.ts";
import { revokeApproval } from "#server/watch/slo/approvals/revoke-approval.ts";
import { checkBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { setBudget } from "#server/watch/slo/endpoint-budget/set-budget.ts";
import { getSlo, listSlos } from "#server/watch/slo/objectives/queries.ts";
import { updateSlo } from "#server/watch/slo/objectives/update-slo.ts";
import { createEndpoint } from "../../serve/endpoints/create-endpoint.ts";
import { addWindow, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { deployVersion } from "./deploy-version.ts";

test(
  "blocks deployments when the budget is exhausted, except rollbacks, fixes, approvals and overrides",
  inWorkspace(async (ctx) => {
    for (const version of [1, 2, 3, 4, 5]) await newVersion(ctx, { version });
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const deploy = (version: number, more: object = {}) =>
      deployVersion(ctx, { endpointId, model: "digits", version, reason: "", ...more });
    await deploy(1);
    const { versionId } = await deploy(2);
    const windowStart = new Date(Date.now() - 120_000);
    await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs: [1, 2], failures: { "500": 2 } });
    await setBudget(ctx, { endpointId, budget: { availability: 0.99, latency: null, days: 7 } });
    await expect(deploy(3)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is exhausted"),
    });
    await expect(deploy(3, { purpose: "reliability" })).rejects.toMatchObject({ code: "conflict" });
    await expect(deploy(3, { overridesBudget: true })).rejects.toMatchObject({ code: "invalid", field: "reason" });
    // A rollback to the previous version needs no stated purpose; a version that was rolled back is no rollback target.
    await deploy(1);
    await expect(deploy(2)).rejects.toMatchObject({ code: "conflict" });
    await deploy(3, { purpose: "fix" });
    await deploy(4, { overridesBudget: true, reason: "the pager of the shop" });
    expect((await readAuditLog(ctx, { limit: 1 })).events).toMatchObject([
      {
        after: { version: 4, inSpiteOfBudget: expect.stringContaining("is exhausted") },
        reason: "the pager of the shop",
      },
    ]);
    const sloId = (await getSlo(ctx, { slo: "digits-availability" })).id;
    const until = new Date(Date.now() + hourMs);
    await expect(approveChanges(ctx, { sloId, reason: "x", until: new Date(0) })).rejects.toMatchObject({
      field: "until",
    });
    const approved = await approveChanges(ctx, { sloId, reason: "x", until });
    expect(approved.approval).toMatchObject({ approvedBy: ctx.actor.name, until });
    const change = { kind: "deployment" as const };
    expect(await checkBudgetGate(ctx, { endpointId, change })).toMatchObject({
      allow: true,
      approvedBy: ctx.actor.name,
    });
    await revokeApproval(ctx, { sloId, approvalId: approved.approval?.id ?? "", reason: "x" });
    expect((await listSlos(ctx)).slos).toMatchObject([{ approval: null }]);
    await expect(deploy(5)).rejects.toMatchObject({ code: "conflict" });
    const { definition } = await getSlo(ctx, { slo: sloId });
    await updateSlo(ctx, { sloId, definition: { ...definition, freezes: false }, reason: "informs only" });
    await deploy(5);
  }),
);
