import type { State } from "#components/ui/status-shape.tsx";
import type { AlertEventKind, StoredAlertEvent } from "#server/alerting/alerts/contract.ts";

const names: Record<AlertEventKind, string> = {
  received: "Received",
  merged: "Received again",
  firing: "Started firing",
  resolved: "Resolved",
  expired: "Expired: no updates received",
  routed: "Routed",
  grouped: "Added to group",
  flushed: "Evaluated",
  inhibited: "Inhibited by another alert",
  silenced: "Silenced",
  time_muted: "Muted by a time interval",
  notified: "Notified",
  notify_failed: "Notification failed",
  ack: "Acknowledged",
  unack: "Unacknowledged",
  escalated: "Escalated",
  verdict: "Feedback given",
  linked: "Linked to an incident",
  outside: "External event",
};

export const eventShapes: Partial<Record<AlertEventKind, State>> = {
  firing: "missed",
  resolved: "on-target",
  expired: "on-target",
  inhibited: "paused",
  silenced: "paused",
  time_muted: "paused",
  notified: "running",
  notify_failed: "missed",
  ack: "running",
  escalated: "watch",
  verdict: "finished",
};

const muting: readonly AlertEventKind[] = ["inhibited", "silenced", "time_muted"];

/** Describes an event in a sentence without a full stop. */
export function eventText({ kind, data, actor }: Pick<StoredAlertEvent, "kind" | "data" | "actor">): string {
  const by = actor ? ` by ${actor}` : "";
  const detail = detailOf(kind, data);
  // The detail of a muting event is a complete sentence.
  if (muting.includes(kind) && detail) return detail.charAt(0).toUpperCase() + detail.slice(1);
  return `${names[kind]}${by}${detail ? `: ${detail}` : ""}`;
}

function detailOf(kind: AlertEventKind, data: Record<string, unknown>): string {
  const text = (name: string) => (typeof data[name] === "string" ? data[name] : "");
  const joined = (...parts: string[]) => parts.filter((part) => part !== "").join(", ");
  switch (kind) {
    case "notified":
      return joined(text("reason"), text("receiver") && `to ${text("receiver")}`, text("channel"));
    case "grouped":
      return joined(text("route"), text("receiver") && `to ${text("receiver")}`);
    case "firing":
      return text("source") && `from ${text("source")}`;
    case "verdict":
      return text("verdict");
    case "ack":
    case "unack":
      return joined(text("words"), text("note"));
    case "escalated":
      return joined(text("words"), Array.isArray(data.words) ? data.words.join(", ") : "");
    default:
      return joined(text("words"), text("error"), text("title"));
  }
}
