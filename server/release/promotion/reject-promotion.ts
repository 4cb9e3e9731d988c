import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { EndPromotion, type PromotionRequest } from "./contract.ts";
import { decide } from "./decide.ts";
import { loadRequest } from "./request-rows.ts";

/** Ends a request with a reason; its author withdraws instead. @throws DomainError "not-found", "forbidden", "conflict" when it is decided. */
export async function rejectPromotion(ctx: Context, input: EndPromotion): Promise<PromotionRequest> {
  permit(ctx, "rejectPromotion");
  const { id, reason } = EndPromotion.parse(input);
  return transact(ctx, async (ctx) => {
    const { request } = await decide(ctx, "reject", { id, reason });
    const { modelName, version, alias } = request;
    await record(ctx, "promotion.rejected", {
      subject: `model/${modelName}`,
      after: { requestId: id, alias, version },
      reason,
    });
    return loadRequest(ctx, id);
  });
}
