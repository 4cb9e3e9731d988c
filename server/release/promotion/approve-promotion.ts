import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { moveAlias } from "../../develop/registry/aliases/move-alias.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { refuseIncomplete } from "../../develop/registry/policy/refuse-incomplete.ts";
import { ApprovePromotion, type PromotionRequest } from "./contract.ts";
import { decide } from "./decide.ts";
import { loadRequest } from "./request-rows.ts";

/**
 * Approves a request: its end, the alias, its history, the audit log and the event in one transaction. Open requests for the same alias
 * have their gates run again, against the new champion.
 * @throws DomainError "not-found"; "forbidden" for its author; "conflict" if it is decided, blocked by a gate or stale, or the alias points
 * to another version than the approver saw.
 */
export async function approvePromotion(ctx: Context, input: ApprovePromotion): Promise<PromotionRequest> {
  permit(ctx, "approvePromotion");
  const { id, reason, fromVersion } = ApprovePromotion.parse(input);
  return transact(ctx, async (ctx) => {
    const { request, modelId, versionId, current } = await decide(ctx, "approve", { id, reason });
    const { modelName, version, alias } = request;
    if (fromVersion !== undefined && fromVersion !== (current?.version ?? null)) {
      throw new DomainError("conflict", `"${alias}" was changed in the meantime. Reload before you continue.`);
    }
    const { policy } = await loadPolicy(ctx, modelId);
    if (policy.enforce.aliasMove === "metadata") await refuseIncomplete(ctx, { name: modelName, version }, policy);
    await moveAlias(ctx, {
      modelId,
      alias,
      to: { id: versionId, version },
      cause: "request",
      expected: current?.id ?? null,
      requestId: id,
      reason: request.reason,
    });
    const before = current && { alias, version: current.version };
    await record(ctx, "promotion.approved", {
      subject: `model/${modelName}`,
      before,
      after: { requestId: id, alias, version, requestedBy: request.requestedBy },
      reason,
    });
    return loadRequest(ctx, id);
  });
}
