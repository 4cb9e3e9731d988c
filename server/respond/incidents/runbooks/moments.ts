import type { NewTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";

/** Events that a step can wait for, so that Leeway ticks it: written as {{when:rolled-back}} at its end. */
export const moments = ["acknowledged", "rolled-back", "silenced", "mitigated", "resolved", "cause-found"] as const;
export type Moment = (typeof moments)[number];

/** Returns the moment that an event of a timeline corresponds to; undefined where there is none. */
export function momentOf({ kind, title, isProbableCause }: NewTimelineEvent): Moment | undefined {
  if (kind === "ack") return "acknowledged";
  if (kind === "rollback") return "rolled-back";
  if (kind === "silence") return "silenced";
  // Confirming an incident acknowledges it.
  if (kind === "state" && /^(Active|Confirmed|Reopened)/.test(title)) return "acknowledged";
  if (kind === "state" && /^(Mitigated|Resolved)/.test(title)) return title.startsWith("M") ? "mitigated" : "resolved";
  return isProbableCause && kind !== "change" ? "cause-found" : undefined;
}
