import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkPattern } from "../../alerting/alerts/matchers/matches.ts";
import { PreviewSilence, type SilencePreview } from "../../alerting/alerts/silences/contract.ts";
import { findMatching } from "./refresh-matching.ts";
import { isTooWide } from "./refuse-too-wide.ts";

/** Previews how many alerts a silence with these matchers would mute now. @throws DomainError "invalid" for a pattern */
export async function previewSilence(ctx: Context, input: PreviewSilence): Promise<SilencePreview> {
  permit(ctx, "previewSilence");
  const { matchers } = PreviewSilence.parse(input);
  for (const matcher of matchers) checkPattern(matcher);
  const found = await findMatching(ctx, [matchers], Date.now());
  const { firing, matched, groupIds } = found;
  return { firing, matched, groups: groupIds.length, isWide: isTooWide(found) };
}
