import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { EndPromotion, type PromotionRequest } from "./contract.ts";
import { decide } from "./decide.ts";
import { loadRequest } from "./request-rows.ts";

/** Withdraws the caller's own request. @throws DomainError "not-found", "forbidden" for anyone else, "conflict" when it is decided. */
export async function withdrawPromotion(ctx: Context, input: EndPromotion): Promise<PromotionRequest> {
  permit(ctx, "withdrawPromotion");
  const { id, reason } = EndPromotion.parse(input);
  return transact(ctx, async (ctx) => {
    const { request } = await decide(ctx, "withdraw", { id, reason });
    const { modelName, version, alias } = request;
    await record(ctx, "promotion.withdrawn", {
      subject: `model/${modelName}`,
      after: { requestId: id, alias, version },
      reason,
    });
    return loadRequest(ctx, id);
  });
}
