import { formatDuration } from "#components/ui/format-time.ts";
import type { ProposeViewLimit, ViewLimitProposal } from "#server/watch/features/contract.ts";
import { type FormDraft, minuteMs } from "./draft.ts";

/** Returns what a limit is proposed for by the draft. */
export function proposalAsked({ kind, viewId, endpointId }: FormDraft): ProposeViewLimit {
  const asked = { viewId: viewId ?? "" };
  if (kind !== "feature-freshness") return { ...asked, indicator: "view-lag" };
  return { ...asked, indicator: kind, ...(endpointId !== null && { endpointId }) };
}

export function isSameProposal(one: ProposeViewLimit, other: ProposeViewLimit): boolean {
  return one.viewId === other.viewId && one.indicator === other.indicator && one.endpointId === other.endpointId;
}

/** Returns the draft with the limit that was proposed, in hundredths of minutes. A proposal for what is no longer chosen changes nothing. */
export function withProposal(
  draft: FormDraft,
  asked: ProposeViewLimit,
  { limitMs }: Pick<ViewLimitProposal, "limitMs">,
): FormDraft {
  if (limitMs === null || !isSameProposal(asked, proposalAsked(draft))) return draft;
  return { ...draft, limit: Math.ceil((limitMs / minuteMs) * 100) / 100 };
}

/** Describes where a proposed limit comes from. */
export function describeProposal({ indicator, limitMs, p99Ms }: ViewLimitProposal): string {
  if (limitMs === null || p99Ms === null) {
    return indicator === "view-lag"
      ? "Not enough data about this view yet. Try again in an hour."
      : "Not enough look-ups have found a row of this view yet.";
  }
  const what = indicator === "view-lag" ? "99% of minutes lagged by" : "99% of the rows looked up had an age of";
  return `${what} at most ${formatDuration(p99Ms)}.`;
}
