import type { StoredAlertEvent, TraceStep } from "../../alerting/alerts/contract.ts";

type Stage = TraceStep["stage"];
type TracedEvent = Pick<StoredAlertEvent, "kind" | "at" | "ref" | "groupId" | "groupKey" | "actor" | "data">;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
/** Formats "2026-03-02 14:05:09 UTC" from a stored time of an event. */
const moment = (value: unknown): string => text(value).replace(/^(.{10})T(.{8})(\.\d+)?Z$/, "$1 $2 UTC");

/** Steps in an alert's trace by kind of event; events that decide nothing have none. */
const stepOf: Partial<
  Record<StoredAlertEvent["kind"], (event: TracedEvent) => { stage: Stage; result: string; href?: string }[]>
> = {
  firing: ({ data }) => [
    { stage: "validate", result: `received from ${text(data.source) || "a rule"}` },
    { stage: "merge", result: `new episode, started ${moment(data.startsAt)}` },
  ],
  merged: ({ data }) => [
    { stage: "merge", result: `merged with the current episode, started ${moment(data.startsAt)}` },
  ],
  resolved: ({ data }) => [{ stage: "validate", result: text(data.words) || `resolved at ${moment(data.endsAt)}` }],
  expired: ({ data }) => [{ stage: "validate", result: `expired at ${moment(data.endsAt)}: ${text(data.words)}` }],
  grouped: ({ data, groupKey, groupId }) => [
    { stage: "route", result: `${text(data.route)}, to ${text(data.receiver)}`, href: "/alerts/routes" },
    { stage: "group", result: groupKey ?? "", href: `/alerts/groups/${groupId}` },
  ],
  inhibited: ({ data, ref }) => [{ stage: "inhibit", result: text(data.words), href: `/alerts/${ref}` }],
  time_muted: ({ data }) => [{ stage: "time", result: text(data.words), href: "/alerts/routes" }],
  silenced: ({ data, ref }) => [
    { stage: "silence", result: text(data.words), href: `/alerts/silences?silence=${ref}` },
  ],
  ack: ({ data }) => [{ stage: "ack", result: text(data.words) }],
  unack: ({ data }) => [{ stage: "ack", result: text(data.words) }],
  flushed: ({ data }) => [{ stage: "dedup", result: text(data.words) }],
  notified: ({ data }) => [
    {
      stage: "send",
      result:
        data.channels === 0
          ? `${text(data.reason)}, but ${text(data.receiver)} has no enabled channel`
          : `${text(data.reason)}, to ${text(data.receiver)}`,
    },
  ],
  notify_failed: ({ data }) => [{ stage: "deliver", result: text(data.words) || "notification failed on one channel" }],
};

const order: Stage[] = [
  "rule",
  "validate",
  "merge",
  "route",
  "group",
  "inhibit",
  "time",
  "silence",
  "ack",
  "gate",
  "dedup",
  "send",
  "deliver",
];

/**
 * Returns the steps of an alert from its recorded events and those of its groups, which must be in order, oldest first; the newest of each
 * stage counts (docs/spec/alerting.md section 15).
 * @param mutes stages active at that moment; inactive ones are left out
 */
export function stepsOf(events: readonly TracedEvent[], mutes: ReadonlySet<Stage>): TraceStep[] {
  const steps = new Map<string, TraceStep>();
  for (const event of events) {
    for (const { stage, result, href = null } of stepOf[event.kind]?.(event) ?? []) {
      // An alert may be in several groups, each with steps of its own.
      const isOfGroup = order.indexOf(stage) >= order.indexOf("route");
      steps.set(isOfGroup ? `${stage} ${event.groupId}` : stage, { stage, result, href, at: event.at });
    }
  }
  const isMute = (stage: Stage) => stage === "inhibit" || stage === "time" || stage === "silence";
  return [...steps.values()]
    .filter(({ stage }) => !isMute(stage) || mutes.has(stage))
    .sort(
      (left, right) => order.indexOf(left.stage) - order.indexOf(right.stage) || Number(left.at) - Number(right.at),
    );
}

/** Concludes whether someone was notified, with the reason in one sentence. */
export function conclude(steps: readonly TraceStep[]): { outcome: "notified" | "not notified"; reason: string } {
  const last = (stage: Stage) => steps.filter((step) => step.stage === stage).at(-1);
  const mute = last("inhibit") ?? last("time") ?? last("silence");
  const sent = last("send");
  if (mute && !(sent?.at && mute.at && sent.at > mute.at)) return { outcome: "not notified", reason: mute.result };
  if (sent) return { outcome: "notified", reason: sent.result };
  const reason =
    last("dedup")?.result ?? (last("group") ? "waiting for the first flush of its group" : "not in any group");
  return { outcome: "not notified", reason };
}
