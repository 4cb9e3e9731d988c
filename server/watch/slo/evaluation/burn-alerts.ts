import { internalPrefix, type PostedAlert } from "#server/alerting/alerts/contract.ts";
import { incidentTitle } from "#server/alerting/alerts/incident-title.ts";
import { minuteMs } from "#server/base/durations.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import type { AlertSeverity, SloDefinition, SloState, TierReading } from "../../objectives/contract.ts";
import { type Indicator, type IndicatorKind, ticketOnly } from "../../objectives/indicators/contract.ts";
import { formatSpan } from "../engine/contract.ts";

/** Alert data of an SLO besides its state. */
export interface AlertedSlo {
  id: string;
  name: string;
  definition: SloDefinition;
  endpointId: string | null;
  endpoint: string | null;
  model: string | null;
  team: string | null;
  runbookId: string | null;
  /** Version that began to serve within the last hour; null if none did. */
  deployed: number | null;
}

/** Part of an SLO with its own notifications: its tiers by severity, and missing traffic. */
export interface WatchedPart {
  part: AlertSeverity | "absent";
  severity: AlertSeverity;
  isFiring: boolean;
  /** Reasons why it fires or not. */
  tiers: TierReading[];
}

const maxTextLength = 2000;

/**
 * Returns the parts of an SLO that alert rules are evaluated for. Kinds that are estimates or money open tickets whatever severity their
 * rules have.
 */
export function watchedParts({ rules, indicator }: SloDefinition, { tiers, absent }: SloState): WatchedPart[] {
  const isTicketOnly = indicator !== null && ticketOnly.includes(indicator.kind);
  const severityOf = (severity: AlertSeverity) => (isTicketOnly ? "ticket" : severity);
  const bySeverity = Map.groupBy(tiers, ({ tier }) => severityOf(tier.severity));
  const burning = [...bySeverity].map(([severity, tiers]) => {
    return { part: severity, severity, tiers, isFiring: tiers.some(({ isFiring }) => isFiring) };
  });
  if (!rules.absent) return burning;
  const severity = severityOf(rules.absent.severity);
  return [...burning, { part: "absent" as const, severity, tiers: [], isFiring: absent?.isAbsent ?? false }];
}

/** Returns the labels of a part's alert, which stay the same from its first moment to its last. */
export function alertLabels(slo: AlertedSlo, { part, severity }: WatchedPart): Record<string, string> {
  const { service } = slo.definition;
  const labels = {
    ...slo.definition.labels,
    alertname: part === "absent" ? "SLOAbsent" : "SLOBurn",
    severity,
    service,
    slo: slo.name,
    endpoint: slo.endpoint ?? "",
    model: slo.model ?? "",
    team: slo.team ?? "",
  };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

/** Creates an internal alert about a part that fires or has resolved. */
export function burnAlert(
  slo: AlertedSlo,
  part: WatchedPart,
  state: SloState,
  { labels, summary }: { labels: Record<string, string>; summary: string },
): PostedAlert {
  const { burn, reach } = burnAndReach(slo.definition, part, state);
  const annotations = {
    summary,
    description: descriptionOf(part, state),
    ...(slo.runbookId && { runbook_url: `/incidents/runbooks/${slo.runbookId}` }),
    [`${internalPrefix}burn`]: burn,
    [`${internalPrefix}reach`]: reach,
    [`${internalPrefix}slo-id`]: slo.id,
    ...(slo.endpointId && { [`${internalPrefix}endpoint-id`]: slo.endpointId }),
  };
  return { labels, annotations, generatorUrl: `/slos/${slo.name}` };
}

/** Joins the sentences of the state, those about this part first. */
function descriptionOf({ severity }: WatchedPart, { words }: SloState): string {
  const why = severity === "page" ? "Page:" : "Ticket:";
  const isWhy = (sentence: string) => sentence.startsWith(why);
  return [...words.filter(isWhy), ...words.filter((sentence) => !isWhy(sentence))].join(" ").slice(0, maxTextLength);
}

/**
 * Returns the title of a part's alert, which is also that of its incident: the effect on the endpoint, with its number.
 * @param burn burn rate from which the number follows
 */
export function burnTitle(
  slo: AlertedSlo,
  { part }: WatchedPart,
  state: SloState,
  burn: number = statedBurn(slo.definition, state),
): string {
  const { absent } = state;
  const { service, indicator, target } = slo.definition;
  const subject = slo.endpoint ?? service;
  if (part === "absent") {
    return incidentTitle({ subject, effect: `no data for ${formatSpan((absent?.minutes ?? 0) * minuteMs)}` });
  }
  const share = percent(Math.min(1, burn * (1 - target)));
  const effect = sliceEffect(slo.definition, share) ?? effectOf(indicator, share);
  return incidentTitle({ subject, effect, tail: tailOf(slo) });
}

/** Kinds that count spans of time anyway. */
const ofSpans: readonly IndicatorKind[] = ["view-lag", "cost", "drift-budget"];

/** The effect on an SLO of time slices, whose budget is spent by slices and not by events; undefined for all others. */
function sliceEffect({ indicator, budgeting }: SloDefinition, share: string): string | undefined {
  if (budgeting.method !== "timeslices" || !indicator || ofSpans.includes(indicator.kind)) return undefined;
  const { sliceMinutes } = budgeting;
  return `${share} of ${sliceMinutes === 1 ? "minutes" : `windows of ${sliceMinutes} min`} miss the target`;
}

function effectOf(indicator: Indicator | null, share: string): string {
  switch (indicator?.kind) {
    case "availability":
      return `${share} of requests fail`;
    case "latency":
      return `${share} of requests over ${formatCount(indicator.withinMs)}\u00a0ms`;
    case "freshness":
      return `${share} of predictions use stale features`;
    case "feature-freshness":
      return `${share} of look-ups find old features`;
    case "view-lag":
      return `newest event too old in ${share} of minutes`;
    case "realised-quality":
      return `${share} of predictions incorrect`;
    case "estimated-quality":
      return `${share} of predictions probably incorrect`;
    case "label-timeliness":
      return `${share} of labels late`;
    case "data-quality":
      return `${share} of rows violate data rules`;
    case "primary-answered":
      return `${share} of predictions from a fallback`;
    case "cost":
      return `${share} of hours over the cost limit`;
    case "drift-budget":
      return `${share} of windows drift`;
    default:
      return `${share} of events miss the target`;
  }
}

/** Names the version that began to serve shortly before the alert. It says when, and not why. */
function tailOf({ deployed }: AlertedSlo): string | undefined {
  return deployed ? `after v${deployed}` : undefined;
}

/** Returns the burn rate, and the share of traffic that is currently bad: the board's queue is sorted by both. */
function burnAndReach(definition: SloDefinition, part: WatchedPart, state: SloState) {
  const budgetRatio = 1 - definition.target;
  // Without traffic, all of it is missing.
  if (part.part === "absent") return { burn: figure(1 / budgetRatio), reach: "1" };
  const burn = worstOf(part)?.long ?? state.budget.burnRate ?? 0;
  return { burn: figure(burn), reach: figure(Math.min(1, recentBurn(state) * budgetRatio)) };
}

/**
 * Returns the burn rate of the shortest window of all firing tiers, which is nearest to now. A page and a ticket of one SLO that fire together
 * thus tell the same share of the traffic.
 */
export function recentBurn({ tiers, budget }: Pick<SloState, "tiers" | "budget">): number {
  const lengthOf = ({ tier }: TierReading) => tier.shortMinutes ?? tier.longMinutes;
  const firing = tiers.filter(({ isFiring }) => isFiring);
  const [shortest] = (firing.length > 0 ? firing : tiers).toSorted((left, right) => lengthOf(left) - lengthOf(right));
  return shortest?.short ?? shortest?.long ?? budget.burnRate ?? 0;
}

/** A share of fewer events than these is no number for a title that stays: three of six are not half of all requests. */
const minStated = 30;

/** Returns the burn rate of which a title speaks: the one nearest to now, unless that window holds next to nothing yet. */
function statedBurn({ indicator, budgeting }: SloDefinition, state: SloState): number {
  const firing = state.tiers.filter(({ isFiring }) => isFiring);
  const isThin = firing.some(({ shortTotal }) => shortTotal !== undefined && shortTotal < minStated);
  // Of minutes and hours, a window never holds many.
  const countsSpans = budgeting.method === "timeslices" || (indicator !== null && ofSpans.includes(indicator.kind));
  return isThin && !countsSpans ? sustainedBurn(state) : recentBurn(state);
}

/**
 * Returns the highest burn rate that both windows of a firing tier have; 0 if none fires. The short window alone may hold the first seconds of a minute,
 * in which one failure of two requests is half of all.
 */
export function sustainedBurn({ tiers }: Pick<SloState, "tiers">): number {
  const rates = tiers
    .filter(({ isFiring }) => isFiring)
    .map(({ long, short }) => Math.min(long ?? 0, short ?? long ?? 0));
  return Math.max(0, ...rates);
}

/** Returns the firing tier with the highest burn rate, or else the highest of all tiers. */
function worstOf({ tiers }: WatchedPart): TierReading | undefined {
  const firing = tiers.filter(({ isFiring }) => isFiring);
  return (firing.length > 0 ? firing : tiers).toSorted((a, b) => (b.long ?? 0) - (a.long ?? 0))[0];
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
