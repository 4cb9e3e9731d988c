import { formatPercent } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { QueueRow } from "#server/respond/triage/contract.ts";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import { burnWord, formatBurnRate } from "#server/watch/slo/engine/contract.ts";

type Row = Wire<QueueRow>;

/** Returns the icon and label of a line: a square for a page, a triangle for a ticket, bars if silenced, a circle if quiet. */
export function severityWord({ severity, state }: Pick<Row, "severity" | "state">): { state: State; word: string } {
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
  return { words: "Unacknowledged", isUrgent: row.severity === "page" };
}

export function burnText(burn: number | null): string {
  if (burn === null) return "unknown";
  return burn === 0 ? "not burning" : `${formatBurnRate(burn)}×`;
}

export function reachText(reach: number | null): string {
  return reach === null ? "unknown" : `${formatPercent(reach)} of traffic`;
}

/** Computes the severity for the bar, which shows it relative to the maximum: the product by which the queue is sorted. */
export function heaviness({ burn, reach }: Pick<Row, "burn" | "reach">): number {
  return Math.min(burn ?? 0, 100) * (reach ?? 1);
}

/** Formats the time since the start: "26 min", "1 h 10 min". */
export function formatAge(startedAt: number, now: number): string {
  return formatDuration(Math.max(0, Math.floor((now - startedAt) / 60_000) * 60_000) || 60_000);
}

/** What there is to do about an incident, by its stage. */
export const stageBadges = {
  act: { state: "missed", word: "Act" },
  watch: { state: "running", word: "Watch recovery" },
  resolve: { state: "not-started", word: "Resolve" },
} as const;

/** Returns the badge of an incident of which there is nothing to do but to wait, or to resolve it; undefined for others. */
export function stageBadge({ stage, state }: Pick<Row, "stage" | "state">): { state: State; word: string } | undefined {
  if (!stage || stage.stage === "act" || state === "silenced") return undefined;
  return stageBadges[stage.stage];
}

interface Burning {
  row: Pick<Row, "state" | "alerts" | "severity" | "stage">;
  slo: { tiers: readonly Pick<TierReading, "tier" | "isFiring">[] } | null;
}

/** Returns the badge of the selected line: its stage, burning fast, burning, or no longer burning. A page without traffic is only a page. */
export function burnBadge({ row, slo }: Burning): { state: State; word: string } {
  const badge = stageBadge(row);
  if (badge) return badge;
  if (row.state === "quiet") return { state: "on-target", word: "No firing alerts" };
  if (row.alerts > 0 && row.severity === "page") {
    return { state: "missed", word: slo?.tiers.some(({ isFiring }) => isFiring) ? burnWord(slo.tiers) : "Page" };
  }
  return { state: "watch", word: slo && slo.tiers.length > 0 ? "Burning" : "Ticket" };
}

export function ownerBadge({ state, owner }: Row, silencedUntil: string | null): { state: State; word: string } {
  if (state === "silenced")
    return { state: "paused", word: silencedUntil ? `Silenced until ${silencedUntil}` : "Silenced" };
  if (owner) return { state: "finished", word: `Acknowledged by ${owner.name}` };
  if (state === "acknowledged" || state === "quiet") return { state: "finished", word: "Acknowledged" };
  return { state: "not-started", word: "Unacknowledged" };
}
