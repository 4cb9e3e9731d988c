import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { CaptureRules, type CaptureSettings, GetCapture } from "./contract.ts";

/** Returns an endpoint's settings for the prediction log. @throws DomainError "not-found" */
export async function getCapture(ctx: Context, input: GetCapture): Promise<CaptureSettings> {
  permit(ctx, "getCapture");
  const { capture, captureShare } = await findEndpointById(ctx, GetCapture.parse(input).endpointId);
  return captureOf(capture, captureShare);
}

/** Reads the capture settings of an endpoint from its row. */
export function captureOf(rules: unknown, share: number): CaptureSettings {
  return { ...CaptureRules.parse(rules ?? {}), share };
}
