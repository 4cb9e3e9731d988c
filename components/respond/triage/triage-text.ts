import { stageBadges } from "#components/respond/incidents/incident-text.ts";
import { formatPercent } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { QueueRow } from "#server/respond/triage/contract.ts";
import { formatBurnRate } from "#server/watch/slo/engine/contract.ts";

type Row = Wire<QueueRow>;

/** Returns the icon and label of a line: a square for a page, a triangle for a ticket, bars if silenced, a circle if quiet. */
function severityWord({ severity, state }: Pick<Row, "severity" | "state">): { state: State; word: string } {
  const word = severity === "page" ? "Page" : "Ticket";
  if (state === "silenced") return { state: "paused", word };
  if (state === "quiet") return { state: "on-target", word };
  return { state: severity === "page" ? "missed" : "watch", word };
}

/** Describes how a line is being handled, and by whom. */
export function describeAcknowledgement(row: Row, silencedUntil: string | null): { words: string; isUrgent: boolean } {
  if (row.state === "silenced")
    return { words: silencedUntil ? `Silenced until ${silencedUntil}` : "Silenced", isUrgent: false };
  if (row.state === "quiet") return { words: "No longer firing; not resolved yet", isUrgent: false };
  if (row.owner) return { words: `${row.owner.name}, acknowledged`, isUrgent: false };
  if (row.state === "acknowledged") return { words: "Acknowledged", isUrgent: false };
  return { words: "Not acknowledged", isUrgent: row.severity === "page" };
}

export function burnText(burn: number | null): string {
  if (burn === null) return "unknown";
  return burn === 0 ? "not burning" : `${formatBurnRate(burn)}×`;
}

export function reachText(reach: number | null): string {
  return reach === null ? "unknown" : `${formatPercent(reach)} of traffic`;
}

/** Formats the time since the start: "26 min", "1 h 10 min". */
export function formatAge(startedAt: number, now: number): string {
  return formatDuration(Math.max(0, Math.floor((now - startedAt) / 60_000) * 60_000) || 60_000);
}

/** Returns the badge of a line: what there is to do about an incident; a page or a ticket without one. */
export function lineBadge(row: Pick<Row, "stage" | "state" | "severity">): { state: State; word: string } {
  if (!row.stage || row.state === "silenced") return severityWord(row);
  return stageBadges[row.stage.stage];
}

export function ownerBadge({ state, owner }: Row, silencedUntil: string | null): { state: State; word: string } {
  if (state === "silenced")
    return { state: "paused", word: silencedUntil ? `Silenced until ${silencedUntil}` : "Silenced" };
  if (owner) return { state: "finished", word: `Acknowledged by ${owner.name}` };
  if (state === "acknowledged" || state === "quiet") return { state: "finished", word: "Acknowledged" };
  return { state: "not-started", word: "Not acknowledged" };
}
