import { internalPrefix, type PostedAlert } from "#server/alerting/alerts/contract.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { AlertSeverity, SloDefinition, SloState, TierReading } from "../../objectives/contract.ts";
import { ticketOnly } from "../../objectives/indicators/contract.ts";
import { formatBurnRate, formatSpan } from "../engine/contract.ts";

/** What an alert says of its SLO besides how that stands. */
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

/** What an SLO watches, and what is told of apart: its tiers by severity, and that nothing comes any more. */
export interface WatchedPart {
  part: AlertSeverity | "absent";
  severity: AlertSeverity;
  isFiring: boolean;
  /** Why it fires or not. */
  tiers: TierReading[];
}

const maxTextLength = 2000;

/** The parts of an SLO that rules are stepped for. Kinds that are estimates or money open tickets whatever their rules say. */
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

/** Labels of the alert of a part: what is the same from its first moment to its last. */
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

/** An alert of Leeway's own about a part that fires, or that has ended. */
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

/** What is known, and before all why this part tells. */
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

/** How fast the budget burns, and the share of the traffic that is bad now: by both the queue of the board is sorted. */
function burnAndReach(definition: SloDefinition, part: WatchedPart, { budget }: SloState) {
  const budgetRatio = 1 - definition.target;
  // Where nothing comes, all of it is missing.
  if (part.part === "absent") return { burn: figure(1 / budgetRatio), reach: "1" };
  const worst = worstOf(part);
  const burn = worst?.long ?? budget.burnRate ?? 0;
  const now = worst?.short ?? worst?.long ?? budget.burnRate ?? 0;
  return { burn: figure(burn), reach: figure(Math.min(1, now * budgetRatio)) };
}

/** The tier that burns fastest of those that fire, or else of all. */
function worstOf({ tiers }: WatchedPart): TierReading | undefined {
  const firing = tiers.filter(({ isFiring }) => isFiring);
  return (firing.length > 0 ? firing : tiers).toSorted((a, b) => (b.long ?? 0) - (a.long ?? 0))[0];
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
