import { type GroupSummary, internalPrefix, type MutedBy } from "../contract.ts";
import { shortTitle } from "../incident-title.ts";
import type { Episode } from "../intake/validate-alert.ts";

/** Alert of a group with its state at a given time. */
export interface Member extends Episode {
  groupId: string;
  severity: string;
  ruleKey: string;
  endpointId: string | null;
  muted: MutedBy | null;
  isFiring: boolean;
}

/** Weight of a page, which ranks above every ticket at any burn rate. */
export const pageWeight = 1_000_000;
/** Burn rate above which only the reach determines the order (docs/spec/boards.md section 3). */
const maxBurn = 100;
const uuidAtEnd = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Path of a runbook of Leeway. Any other URL may end in an id too, and names no runbook here. */
const runbookPath = /\/incidents\/runbooks\/(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/**
 * Summarises a group for lists: counts, and texts and numbers of the worst alert. Alerts that fire unmuted decide; only without any do
 * muted ones, and only if all are over do resolved ones.
 */
export function summarise(members: readonly Member[], teams: ReadonlyMap<string, string>): GroupSummary | undefined {
  const firing = members.filter(({ isFiring }) => isFiring);
  const unmuted = firing.filter(({ muted }) => muted === null);
  const deciding = [unmuted, firing, members].find(({ length }) => length > 0) ?? [];
  const [worst] = [...deciding].sort((left, right) => weightOf(right) - weightOf(left));
  if (!worst) return undefined;
  const { labels, annotations } = worst;
  return {
    severity: worst.severity,
    title: titleOf(worst),
    service: labels.service ?? labels.endpoint ?? labels.job ?? "",
    endpointId: worst.endpointId,
    teamId: teams.get(labels.team ?? "") ?? null,
    runbookId: runbookPath.exec(annotations.runbook_url ?? "")?.groups?.id ?? null,
    ruleKey: worst.ruleKey,
    sloId: uuidAtEnd.exec(annotations[`${internalPrefix}slo-id`] ?? "")?.[0] ?? null,
    firing: firing.length,
    resolved: members.length - firing.length,
    muted: firing.length - unmuted.length,
    startsAt: deciding.reduce((first, { startsAt }) => Math.min(first, startsAt), Number.POSITIVE_INFINITY),
    burn: numberOf(worst, "burn"),
    reach: numberOf(worst, "reach"),
  };
}

/** Returns the weight that orders the queue, greatest first. */
export function weightOfGroup({ severity, burn, reach }: Pick<GroupSummary, "severity" | "burn" | "reach">): number {
  return (severity === "page" ? pageWeight : 0) + Math.max(0, Math.min(burn ?? 0, maxBurn) * (reach ?? 1));
}

function titleOf({ labels, annotations, fingerprint }: Member): string {
  return shortTitle(annotations.summary || annotations.description || labels.alertname || fingerprint);
}

function weightOf(member: Member): number {
  return weightOfGroup({ severity: member.severity, burn: numberOf(member, "burn"), reach: numberOf(member, "reach") });
}

function numberOf({ annotations }: Member, name: string): number | null {
  const text = annotations[`${internalPrefix}${name}`];
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? null : value;
}
