import type { AlertGroup, GroupState, Verdict } from "../contract.ts";
import { nextRepeat } from "../dispatch/flush-times.ts";
import type { EffectiveRoute } from "../routing/walk-routes.ts";
import type { StoredGroup } from "./group-rows.ts";

/** Returns the state of a group for the UI. */
function groupState({
  endedAt,
  acknowledgement,
  summary,
}: Pick<StoredGroup, "endedAt" | "acknowledgement" | "summary">): GroupState {
  if (endedAt) return "resolved";
  if (summary.firing === 0) return "resolving";
  if (acknowledgement) return "acknowledged";
  return summary.muted === summary.firing ? "muted" : "firing";
}

/** Returns a group as lists show it. @param route undefined if the routing no longer contains it */
export function groupView(
  group: StoredGroup,
  {
    route,
    verdict,
    incidentNumber,
  }: { route: EffectiveRoute | undefined; verdict: Verdict | null; incidentNumber: number | null },
): AlertGroup {
  const { id, groupKey, labels, receiver, summary, acknowledgement, incidentId, entry } = group;
  const { createdAt, lastFlushAt, nextFlushAt, endedAt, outcome } = group;
  const state = groupState(group);
  const repeat =
    entry && nextFlushAt && route && state === "firing"
      ? new Date(nextRepeat({ notifiedAt: entry.at, nextFlushAt: nextFlushAt.getTime(), ...route }))
      : null;
  return {
    id,
    groupKey,
    labels,
    receiver,
    state,
    summary,
    acknowledgement,
    incidentId,
    incidentNumber,
    createdAt,
    lastFlushAt,
    nextFlushAt,
    endedAt,
    outcome,
    verdict,
    notifiedAt: entry ? new Date(entry.at) : null,
    nextRepeatAt: repeat,
  };
}
