import { formatDuration } from "#components/ui/format-time.ts";
import type { ViewLimitProposal } from "#server/watch/features/contract.ts";
import { type FormDraft, minuteMs } from "./draft.ts";

/** Returns the draft with the limit that was proposed for a view, in hundredths of minutes. A proposal for a view that is no longer chosen changes nothing. */
export function withProposal(
  draft: FormDraft,
  viewId: string,
  { limitMs }: Pick<ViewLimitProposal, "limitMs">,
): FormDraft {
  if (limitMs === null || draft.viewId !== viewId) return draft;
  return { ...draft, limit: Math.ceil((limitMs / minuteMs) * 100) / 100 };
}

/** Describes where a proposed limit comes from. */
export function describeProposal({ limitMs, lagMs, latenessMs }: ViewLimitProposal): string {
  if (limitMs === null || lagMs === null) return "Too little is known of this view yet. Try again in an hour.";
  const lag = `99% of minutes lagged by at most ${formatDuration(lagMs)}`;
  if (latenessMs === null) return `${lag}.`;
  return `${lag}; 99% of rows arrived within ${formatDuration(latenessMs)}.`;
}
