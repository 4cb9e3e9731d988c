import { internalPrefix, type PostedAlert } from "#server/alerting/alerts/contract.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { AlertSeverity, SloDefinition, SloState, TierReading } from "../../objectives/contract.ts";
import { ticketOnly } from "../../objectives/indicators/contract.ts";
import { formatBurnRate, formatSpan } from "../engine/contract.ts";

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
  labels: Record<string, string>,
): PostedAlert {
  const { burn, reach } = burnAndReach(slo.definition, part, state);
  const annotations = {
    summary: summaryOf(slo, part, state),
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

function summaryOf(slo: AlertedSlo, part: WatchedPart, { absent, budget }: SloState): string {
  const title = slo.definition.displayName || slo.name;
  if (part.part === "absent") {
    return `${title}: no data in the last ${formatSpan((absent?.minutes ?? 0) * minuteMs)}.`;
  }
  const worst = worstOf(part);
  const burn = worst?.long ?? budget.burnRate ?? 0;
  return `${title}: failing ${formatBurnRate(burn)} times faster than the target allows.`;
}

/** Returns the burn rate, and the share of traffic that is currently bad: the board's queue is sorted by both. */
function burnAndReach(definition: SloDefinition, part: WatchedPart, { budget }: SloState) {
  const budgetRatio = 1 - definition.target;
  // Without traffic, all of it is missing.
  if (part.part === "absent") return { burn: figure(1 / budgetRatio), reach: "1" };
  const worst = worstOf(part);
  const burn = worst?.long ?? budget.burnRate ?? 0;
  const now = worst?.short ?? worst?.long ?? budget.burnRate ?? 0;
  return { burn: figure(burn), reach: figure(Math.min(1, now * budgetRatio)) };
}

/** Returns the firing tier with the highest burn rate, or else the highest of all tiers. */
function worstOf({ tiers }: WatchedPart): TierReading | undefined {
  const firing = tiers.filter(({ isFiring }) => isFiring);
  return (firing.length > 0 ? firing : tiers).toSorted((a, b) => (b.long ?? 0) - (a.long ?? 0))[0];
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
