import { and, eq } from "drizzle-orm";
import { promotionRequests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../../develop/registry/lookups.ts";
import { isOpen } from "../../develop/registry/requests/open-requests.ts";
import { ListPromotionRequests, type PromotionRequest } from "./contract.ts";
import { loadRequest, olderThan, selectRequests } from "./request-rows.ts";
import { refusal } from "./request-state.ts";

/** Returns one request with its state and its gates. @throws DomainError "not-found" */
export async function getPromotionRequest(ctx: Context, id: string): Promise<PromotionRequest> {
  permit(ctx, "getPromotionRequest");
  return loadRequest(ctx, id);
}

/**
 * Lists requests, newest first: of one model or of all, either the open ones, or those that the caller can approve now. @throws DomainError
 * "not-found"
 */
export async function listPromotionRequests(ctx: Context, input: ListPromotionRequests): Promise<PromotionRequest[]> {
  permit(ctx, "listPromotionRequests");
  const { name, version, which, before, limit } = ListPromotionRequests.parse(input);
  const mayDecide = ctx.actor.role === "operator" || ctx.actor.role === "admin";
  if (which === "mine-to-decide" && !mayDecide) return [];
  const ofModel = name === undefined ? undefined : eq(promotionRequests.modelId, (await findModel(ctx, name)).id);
  const ofVersion = version === undefined ? undefined : eq(promotionRequests.version, version);
  const where = and(ofModel, ofVersion, which === "all" ? undefined : isOpen, olderThan(before));
  const requests = await selectRequests(ctx, { where, limit: which === "mine-to-decide" ? 200 : limit });
  if (which !== "mine-to-decide") return requests;
  return requests.filter(({ state, isMine }) => !refusal("approve", state, { isAuthor: isMine })).slice(0, limit);
}
