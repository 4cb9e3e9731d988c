import { hourMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { LabelBacklog } from "#server/improve/labelling/runs/summary-contract.ts";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import type { ReleaseOutcome } from "#server/release/outcomes/contract.ts";
import type { IncidentAction } from "#server/respond/incidents/actions/contract.ts";
import type { IncidentSummary } from "#server/respond/incidents/contract.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import type { CostReport } from "#server/watch/cost/report/contract.ts";
import { against } from "#server/watch/cost/report/sentence-of.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { findingHref } from "#server/watch/monitoring/findings/constants.ts";
import { formatBudget } from "#server/watch/slo/engine/contract.ts";
import type { listEndedCycles, listHeldGameDays } from "../facts/improvement.ts";
import { hrefOf } from "../facts/objective-tiles.ts";
import { ascending, type ReadObjective, stateOf } from "../facts/objectives.ts";
import { shareText } from "../figure.ts";
import type { ReviewRow } from "./contract.ts";

/** Formats "12 May", in the time zone of the workspace. */
function dayText(at: Date | number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(at);
}

export function findingRow(finding: Finding, timeZone: string): ReviewRow {
  const { endpoint, words, severity, openedAt } = finding;
  const state = severity === "page" ? "missed" : severity === "ticket" ? "watch" : "on-target";
  return {
    words: `${endpoint}: ${words.replaceAll("`", "")}`,
    aside: `since ${dayText(openedAt, timeZone)}`,
    state,
    href: findingHref(finding),
  };
}

export function releaseRow({ kind, model, version, words, at, href }: ReleaseOutcome, timeZone: string): ReviewRow {
  const state = kind === "released" ? "on-target" : "missed";
  return { words: `${model} v${version}: ${words}`, aside: dayText(at, timeZone), state, href };
}

/** Returns the policies that are on hold, with the first reason. */
export function heldPolicyRows(policies: readonly RetrainingPolicyDetails[]): ReviewRow[] {
  return policies.flatMap(({ model, decision, paused }) => {
    const [hold] = decision?.kind === "held" ? decision.holds : [];
    if (!hold || paused) return [];
    return [{ words: `${model}: ${hold.words}`, aside: "on hold", state: "watch" as const, href: policyHref(model) }];
  });
}

export function cycleRow(
  { model, number, state, words, endedAt }: Awaited<ReturnType<typeof listEndedCycles>>[number],
  timeZone: string,
): ReviewRow {
  return {
    words: `${model}, cycle ${number}: ${words}`,
    aside: `${state}${endedAt ? `, ${dayText(endedAt, timeZone)}` : ""}`,
    state: state === "adopted" ? "on-target" : "watch",
    href: `${policyHref(model)}/${number}`,
  };
}

export function gameDayRow(
  {
    number,
    endpoint,
    hypothesis,
    isConfirmed,
    openFollowUps,
    startedAt,
  }: Awaited<ReturnType<typeof listHeldGameDays>>[number],
  timeZone: string,
): ReviewRow {
  const open =
    openFollowUps === 0 ? [] : [openFollowUps === 1 ? "1 follow-up open" : `${openFollowUps} follow-ups open`];
  return {
    words: `GD-${number} on ${endpoint}: ${hypothesis}`,
    aside: [...open, ...(startedAt ? [dayText(startedAt, timeZone)] : [])].join(", "),
    state: isConfirmed === false ? "missed" : openFollowUps > 0 ? "watch" : "on-target",
    href: `/game-days/GD-${number}`,
  };
}

const policyHref = (model: string) => `/retraining/${encodeURIComponent(model)}`;

export function incidentRow(
  { number, title, severity, state, cause, startedAt }: IncidentSummary,
  timeZone: string,
): ReviewRow {
  const hasEnded = state === "resolved" || state === "closed";
  return {
    words: `INC-${number} ${severity}: ${title}${cause === null && hasEnded ? " (no cause recorded)" : ""}`,
    aside: `${state}, ${dayText(startedAt, timeZone)}`,
    state: hasEnded ? (cause === null ? "watch" : "on-target") : "missed",
    href: `/incidents/${number}`,
  };
}

export function actionRow({ title, incident, owner, dueOn }: IncidentAction): ReviewRow {
  return {
    words: `INC-${incident.number}: ${title}`,
    aside: `${owner?.name ?? "unassigned"}, due ${dueOn}`,
    state: "missed",
    href: `/incidents/${incident.number}?tab=actions`,
  };
}

/** Returns rows for objectives, least remaining budget first. */
export function objectiveRows(read: readonly ReadObjective[]): ReviewRow[] {
  return read.toSorted(ascending).map((one) => {
    const { remaining, ratio, slo } = one;
    const left = remaining === null ? "no data" : formatBudget({ remaining });
    const share = ratio === null ? "" : `${shareText(ratio)} of ${shareText(slo.definition.target)}, `;
    return { words: slo.name, aside: `${share}${left}`, state: stateOf(one), href: hrefOf(one) };
  });
}

/** Returns the total first, then entries that are forecast to exceed their budget or idle, most expensive first. */
export function costRows({ currency, total, rows, month }: CostReport): ReviewRow[] {
  if (currency === null) {
    return [{ words: "No prices set", aside: "set prices", state: "no-data", href: "/costs/prices" }];
  }
  return [total, ...rows].map(({ kind, name, spent, forecast, budget, unusual }) => {
    const ahead = forecast
      ? `, forecast ${formatMoney(forecast.value, currency)}${against(forecast.value, budget)}`
      : "";
    const hasEnded = forecast !== null && budget !== null && forecast.value > budget;
    return {
      words: `${name}: ${formatMoney(spent, currency)}${ahead}`,
      aside: unusual ? "higher than on previous days" : budget === null ? "no budget" : "",
      state: hasEnded ? "missed" : unusual ? "watch" : budget === null ? "no-data" : "on-target",
      href: kind === "endpoint" ? endpointTabHref(name, "cost") : `/costs?month=${month}`,
    };
  });
}

/** Predictions that wait for their label, by objective of quality. */
export function labelRows(read: readonly ReadObjective[], timeZone: string): ReviewRow[] {
  return read
    .filter(({ slo }) => (slo.state?.pending ?? 0) > 0)
    .toSorted((one, other) => (other.slo.state?.pending ?? 0) - (one.slo.state?.pending ?? 0))
    .map(({ model, slo, knownUntil }) => ({
      words: `${model}: ${(slo.state?.pending ?? 0).toLocaleString("en")} predictions waiting for labels`,
      aside: `complete up to ${dayText(knownUntil, timeZone)}`,
      state: "watch" as const,
      href: endpointTabHref(model, "quality"),
    }));
}

/** What waits in label projects: late audit items first, since rates rest on them. */
export function backlogRows(backlogs: readonly LabelBacklog[]): ReviewRow[] {
  return backlogs
    .filter(({ open, review }) => open + review > 0)
    .map(({ project, projectId, open, review, auditLate, daysLeft, settledThisWeek, hoursLow, hoursHigh }) => ({
      words:
        auditLate > 0
          ? `${project}: ${auditLate === 1 ? "1 audit item is" : `${auditLate.toLocaleString("en")} audit items are`} late, of ${open.toLocaleString("en")} to label`
          : `${project}: ${open.toLocaleString("en")} items to label, ${review.toLocaleString("en")} to review`,
      aside:
        daysLeft === null
          ? "no labels this week"
          : `${settledThisWeek.toLocaleString("en")} labels this week, the rest takes about ${Math.max(1, Math.ceil(daysLeft))} d at this pace${workText(hoursLow, hoursHigh)}`,
      state: auditLate > 0 ? "missed" : daysLeft === null ? "watch" : "on-target",
      href: `/labels/${projectId}`,
    }));
}

/** Hours of labelling, as the page of the project says them. */
function workText(low: number | null, high: number | null): string {
  if (low === null || high === null) return "";
  const [from, to] = [formatDuration(low * hourMs), formatDuration(high * hourMs)];
  return ` (${from === to ? from : `${from} to ${to}`} of labelling)`;
}
