import { denialReason } from "#app/_lib/denial-reason.ts";
import type { RequestActions } from "#components/release/promotion/decide-buttons.tsx";
import type { RequestWithRefusals } from "#components/release/promotion/requests-panel.tsx";
import type { Context } from "#server/base/context.ts";
import type { PromotionRequest } from "#server/release/promotion/contract.ts";
import { refusal } from "#server/release/promotion/request-state.ts";
import { approveAction, rejectAction, withdrawAction } from "./promotion-actions.ts";

export const requestActions: RequestActions = {
  approve: approveAction,
  reject: rejectAction,
  withdraw: withdrawAction,
};

/** Adds the reasons why the viewer may not decide on a request, by role and request state. The commands check again. */
export function withRefusals({ actor }: Context, requests: PromotionRequest[]): RequestWithRefusals[] {
  return requests.map((request) => {
    const why = (verb: "approve" | "reject" | "withdraw") =>
      refusal(verb, request.state, { isAuthor: request.isMine })?.message ??
      describeRole(denialReason(actor.role, names[verb]));
    return { request, refusals: { approve: why("approve"), reject: why("reject"), withdraw: why("withdraw") } };
  });
}

const names = { approve: "approvePromotion", reject: "rejectPromotion", withdraw: "withdrawPromotion" } as const;

function describeRole(why: string | undefined): string | undefined {
  return why && `Reviewing it ${why}.`;
}
