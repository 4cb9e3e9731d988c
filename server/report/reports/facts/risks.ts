import { isNull } from "drizzle-orm";
import { incidentActions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { selectActions } from "#server/respond/incidents/actions/queries.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { findingHref } from "#server/watch/monitoring/findings/constants.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { formatBudget, formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";
import { pages } from "#server/watch/slo/objectives/definition-problem.ts";
import { lacksOf } from "#server/watch/slo/objectives/refuse-incomplete.ts";
import type { ReportRisk } from "../contract.ts";
import { countText } from "../figure.ts";
import { hrefOf } from "./objective-tiles.ts";
import { ascending, type ReadObjective, stateOf } from "./objectives.ts";

const most = 5;
const maxEach = 2;
const maxRead = 200;

/**
 * Reads upcoming risks and their owners: exhausted budgets, overdue actions, open findings, SLOs without owner or runbook. As of now,
 * whatever the period. The caller has checked permissions.
 */
export async function readRisks(ctx: Context, read: readonly ReadObjective[]): Promise<ReportRisk[]> {
  const [actions, findings] = await sideBySide(ctx, [
    () => selectActions(ctx, isNull(incidentActions.doneAt), maxRead),
    () => listFindings(ctx, { state: "open", limit: maxRead }),
  ]);
  const owners = new Map(read.flatMap(({ model, slo }) => (slo.team ? [[model, slo.team.name] as const] : [])));
  const kinds: ReportRisk[][] = [
    spent(read),
    actions
      .filter(({ isOverdue }) => isOverdue)
      .map(({ title, incident, owner, dueOn }) => ({
        words: `INC-${incident.number}, overdue: ${title}`,
        owner: owner?.name ?? null,
        dueOn,
        state: "missed",
        href: `/incidents/${incident.number}?tab=actions`,
      })),
    findings
      .filter(({ severity }) => severity !== "note")
      .toSorted((one, other) => one.severity.localeCompare(other.severity))
      .map((finding) => riskOf(finding, owners)),
    missingParts(read),
    nearlySpent(read),
  ];
  // Selects the worst two of each kind, and more of one only if others leave room.
  const first = kinds.flatMap((risks) => risks.slice(0, maxEach));
  const rest = kinds.flatMap((risks) => risks.slice(maxEach));
  return [...first, ...rest].slice(0, most);
}

function spent(read: readonly ReadObjective[]): ReportRisk[] {
  return read
    .filter((one) => stateOf(one) === "missed")
    .toSorted(ascending)
    .map((one) => ({
      words: `${one.slo.name}: error budget exhausted, ${formatBudget({ remaining: one.remaining ?? 0 })}`,
      owner: one.slo.team?.name ?? null,
      dueOn: null,
      state: "missed",
      href: hrefOf(one),
    }));
}

function nearlySpent(read: readonly ReadObjective[]): ReportRisk[] {
  return read
    .filter((one) => stateOf(one) === "watch")
    .toSorted(ascending)
    .map((one) => ({
      words: `${one.slo.name}: ${formatBudgetLeft(one.remaining ?? 0)} of the error budget left`,
      owner: one.slo.team?.name ?? null,
      dueOn: null,
      state: "watch",
      href: hrefOf(one),
    }));
}

function riskOf(finding: Finding, owners: ReadonlyMap<string, string>): ReportRisk {
  return {
    // Mails and prints have no code in their sentences.
    words: `${finding.endpoint}: ${finding.words.replaceAll("`", "")}`,
    owner: owners.get(finding.endpoint) ?? null,
    dueOn: null,
    state: finding.severity === "page" ? "missed" : "watch",
    href: findingHref(finding),
  };
}

function missingParts(read: readonly ReadObjective[]): ReportRisk[] {
  const without = read.filter(({ slo }) => pages(slo.definition) && lacksOf(slo).length > 0);
  const [first] = without;
  if (!first) return [];
  const which = without.length === 1 ? `${first.slo.name} pages` : `${countText(without.length)} paging SLOs`;
  return [
    {
      words: `${which} without an owner or a runbook`,
      owner: null,
      dueOn: null,
      state: "watch",
      href: without.length === 1 ? hrefOf(first) : "/slos",
    },
  ];
}
