import { acknowledgedFact, type Message } from "#server/alerting/notifications/contract.ts";
import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { ticketPath } from "../constants.ts";
import { endedAnnotation, internalPrefix, type NotificationEntry } from "../contract.ts";
import type { StoredGroup } from "../groups/group-rows.ts";
import type { Member } from "../groups/summarise.ts";
import { messageTitle } from "../incident-title.ts";

/** Maximum number of alerts in a message; webhooks state how many more there are. */
const maxAlerts = 500;

/** Builds a group's message for channels: its alerts that nothing mutes. */
export function groupMessage(
  group: StoredGroup,
  members: readonly Member[],
  { reason, status, entry }: { reason: string; status: Message["status"]; entry?: NotificationEntry | null },
): Message {
  const { summary, receiver, groupKey } = group;
  const firing = members.filter(({ isFiring }) => isFiring);
  const resolved = members.length - firing.length;
  const lead = (firing[0] ?? members[0])?.annotations.description;
  // An end without a measured recovery is not called resolved.
  const end = members.some(({ annotations }) => endedAnnotation in annotations) ? "ENDED WITHOUT DATA" : "RESOLVED";
  return {
    title: messageTitle(status === "resolved" ? end : summary.severity.toUpperCase(), summary),
    lines: [...(lead && lead !== summary.title ? [lead] : []), ...formatCounts(firing.length, resolved)],
    facts: factsOf(group),
    severity: summary.severity,
    status,
    reason,
    receiver,
    groupKey,
    groupLabels: group.labels,
    // New alerts come first, so that those cut off have been notified before.
    alerts: newestFirst(members, entry ?? group.entry)
      .slice(0, maxAlerts)
      .map((member) => ({
        status: member.isFiring ? ("firing" as const) : ("resolved" as const),
        labels: member.labels,
        annotations: shown(member.annotations),
        startsAt: new Date(member.startsAt),
        endsAt: member.isFiring ? null : new Date(member.endsAt),
        generatorUrl: member.generatorUrl,
        fingerprint: member.fingerprint,
      })),
    links: linksOf(group, members),
  };
}

function formatCounts(firing: number, resolved: number): string[] {
  if (firing + resolved < 2) return [];
  const parts = [firing > 0 && `${formatCount(firing)} firing`, resolved > 0 && `${formatCount(resolved)} resolved`];
  return [`${parts.filter(Boolean).join(", ")}.`];
}

function factsOf({ summary, acknowledgement }: StoredGroup): Message["facts"] {
  const { burn, reach } = summary;
  return [
    ...(burn === null ? [] : [{ name: "Burn rate", value: `${formatSignificant(burn, 3)}×` }]),
    ...(reach === null ? [] : [{ name: "Affected", value: `${percent(reach)} of traffic` }]),
    ...(acknowledgement ? [{ name: acknowledgedFact, value: acknowledgement.by }] : []),
  ];
}

function linksOf({ id, summary }: StoredGroup, members: readonly Member[]): Message["links"] {
  const runbook = members.map(({ annotations }) => annotations.runbook_url).find((path) => path?.startsWith("/"));
  const source = members.map(({ generatorUrl }) => generatorUrl).find((path) => path.startsWith("/"));
  return [
    summary.severity === "page"
      ? { text: "Open triage", path: ticketPath(id) }
      : { text: "View alert", path: `/alerts/groups/${id}` },
    ...(runbook ? [{ text: "Runbook", path: runbook }] : []),
    ...(source ? [{ text: source.startsWith("/slos/") ? "SLO" : "Rule", path: source }] : []),
  ];
}

function newestFirst(members: readonly Member[], entry: NotificationEntry | null): Member[] {
  const before = new Set(entry?.firing);
  const rank = (member: Member) => (member.isFiring ? (before.has(member.fingerprint) ? 1 : 0) : 2);
  return [...members].sort((left, right) => rank(left) - rank(right));
}

function shown(annotations: Member["annotations"]): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith(internalPrefix)));
}
