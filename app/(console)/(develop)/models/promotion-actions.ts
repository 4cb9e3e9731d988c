"use server";

import { act } from "#app/_lib/action.ts";
import type { GateKey, WaiveGate } from "#server/develop/registry/gates/contract.ts";
import { requestGateCheck } from "#server/develop/registry/gates/request-gate-check.ts";
import { waiveGate } from "#server/release/gates/waive-gate.ts";
import { approvePromotion } from "#server/release/promotion/approve-promotion.ts";
import type { ApprovePromotion, EndPromotion, RequestPromotion } from "#server/release/promotion/contract.ts";
import { rejectPromotion } from "#server/release/promotion/reject-promotion.ts";
import { requestPromotion } from "#server/release/promotion/request-promotion.ts";
import { withdrawPromotion } from "#server/release/promotion/withdraw-promotion.ts";

export async function requestPromotionAction(input: RequestPromotion) {
  return act(async (ctx) => {
    await requestPromotion(ctx, input);
  });
}

export async function approveAction(decision: ApprovePromotion) {
  return act(async (ctx) => {
    await approvePromotion(ctx, decision);
  });
}

export async function rejectAction(decision: EndPromotion) {
  return act(async (ctx) => {
    await rejectPromotion(ctx, decision);
  });
}

export async function withdrawAction(decision: EndPromotion) {
  return act(async (ctx) => {
    await withdrawPromotion(ctx, decision);
  });
}

export async function runGatesAction(key: GateKey) {
  return act(async (ctx) => requestGateCheck(ctx, key));
}

export async function waiveGateAction(waiver: WaiveGate) {
  return act(async (ctx) => waiveGate(ctx, waiver));
}
