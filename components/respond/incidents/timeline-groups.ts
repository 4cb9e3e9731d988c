import type { TimelineKind } from "#server/respond/incidents/timeline/contract.ts";

export type TimelineGroup = "all" | "alerts" | "changes" | "people" | "states";

export const kindGroups: { value: TimelineGroup; label: string }[] = [
  { value: "all", label: "Everything" },
  { value: "alerts", label: "Alerts" },
  { value: "changes", label: "Changes" },
  { value: "people", label: "Notes and actions" },
  { value: "states", label: "State changes" },
];

/** Returns the filter group of an event. */
export function groupOf(kind: TimelineKind): Exclude<TimelineGroup, "all"> {
  if (kind === "alert" || kind === "ack" || kind === "silence") return "alerts";
  if (kind === "change" || kind === "rollback" || kind === "model") return "changes";
  return kind === "state" || kind === "severity" || kind === "edit" ? "states" : "people";
}
