import { and, eq } from "drizzle-orm";
import { promotionDecisions, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockAlias } from "../../develop/registry/aliases/move-alias.ts";
import { authorOf } from "../../develop/registry/author.ts";
import { findVersion } from "../../develop/registry/lookups.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { refuseIncomplete } from "../../develop/registry/policy/refuse-incomplete.ts";
import { enqueueChecks } from "../../develop/registry/requests/enqueue-checks.ts";
import { isOpen } from "../../develop/registry/requests/open-requests.ts";
import { type PromotionRequest, RequestPromotion } from "./contract.ts";
import { loadRequest } from "./request-rows.ts";

/**
 * Requests that an alias be moved to a version. Its gates run as a job; then someone else decides.
 * @param idempotencyKey makes a repeated call return the request of the first one, in its current state.
 * @throws DomainError "not-found"; "conflict" when the alias points there already, such a request is open, or the policy requires
 * metadata first.
 */
export async function requestPromotion(
  ctx: Context,
  input: RequestPromotion,
  idempotencyKey?: string,
): Promise<PromotionRequest> {
  permit(ctx, "requestPromotion");
  const values = RequestPromotion.parse(input);
  const { id } = await once(ctx, "requestPromotion", idempotencyKey, values, (ctx) => write(ctx, values));
  return loadRequest(ctx, id);
}

async function write(ctx: Context, { name, version, alias, reason }: RequestPromotion): Promise<{ id: string }> {
  return transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const current = await lockAlias(ctx, modelId, alias);
    if (current?.id === versionId) throw new DomainError("conflict", `${name} v${version} is already ${alias}.`);
    await refuseTwice(ctx, versionId, alias);
    const { policy } = await loadPolicy(ctx, modelId);
    if (policy.enforce.request === "metadata") await refuseIncomplete(ctx, { name, version }, policy);
    const [request] = await ctx.db
      .insert(promotionRequests)
      .values({
        workspaceId: ctx.actor.workspaceId,
        modelId,
        versionId,
        version,
        alias,
        reason,
        at: new Date(),
        ...(await authorOf(ctx)),
      })
      .returning();
    if (!request) throw new Error("The request was not inserted.");
    if (policy.gates.length > 0) await enqueueChecks(ctx, eq(promotionRequests.id, request.id));
    await record(ctx, "promotion.requested", {
      subject: `model/${name}`,
      before: current && { alias, version: current.version },
      after: { requestId: request.id, alias, version },
      reason,
    });
    await publish(ctx, "model", modelId);
    return { id: request.id };
  });
}

async function refuseTwice(ctx: Context, versionId: string, alias: string): Promise<void> {
  const [open] = await ctx.db
    .select({ by: promotionRequests.actorName })
    .from(promotionRequests)
    .leftJoin(promotionDecisions, eq(promotionDecisions.requestId, promotionRequests.id))
    .where(and(eq(promotionRequests.versionId, versionId), eq(promotionRequests.alias, alias), isOpen));
  if (open) throw new DomainError("conflict", `${open.by} has already requested this.`);
}
