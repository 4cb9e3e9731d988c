import type { NewTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";

/** What a step can wait for, so that Leeway ticks it: written as {{when:rolled-back}} at its end. */
export const moments = ["acknowledged", "rolled-back", "silenced", "mitigated", "resolved", "cause-found"] as const;
export type Moment = (typeof moments)[number];

/** Which of them an event of a timeline is; undefined where it is none. */
export function momentOf({ kind, title, isProbableCause }: NewTimelineEvent): Moment | undefined {
  if (kind === "ack") return "acknowledged";
  if (kind === "rollback") return "rolled-back";
  if (kind === "silence") return "silenced";
  // Whoever confirms an incident has taken it.
  if (kind === "state" && /^(Active|Confirmed|Reopened)/.test(title)) return "acknowledged";
  if (kind === "state" && /^(Mitigated|Resolved)/.test(title)) return title.startsWith("M") ? "mitigated" : "resolved";
  return isProbableCause && kind !== "change" ? "cause-found" : undefined;
}
