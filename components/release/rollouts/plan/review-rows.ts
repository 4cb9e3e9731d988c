import { formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { GateStatus } from "#server/develop/registry/gates/contract.ts";
import type { RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import type { StartChoice } from "#server/release/rollouts/start-choices/contract.ts";
import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import { metricLabels } from "../metric-labels.ts";
import { formatWeight } from "../rollout-text.ts";
import { describeAdvice } from "./describe-advice.ts";
import type { PlanDraft } from "./plan-draft.ts";

/** Reason for which a version was chosen despite what speaks against it. */
export interface Overruled {
  versionId: string;
  reason: string;
}

export interface ReviewRow {
  state: State;
  title: string;
  detail?: string | undefined;
}

interface Reviewed {
  choice: StartChoice;
  /** Name of the version that it replaces: "v14". */
  stable: string;
  endpoint: string;
  anyway: Overruled | undefined;
  draft: PlanDraft;
  /** Undefined while it is computed, or if the plan is invalid. */
  estimate: RolloutEstimate | undefined;
  budget: Pick<BudgetGate, "allow" | "reason" | "slos">;
}

/** Returns whether something speaks against a version, and nobody chose it anyway. */
export function isHeldBack({ versionId, obstacles }: StartChoice, anyway: Overruled | undefined): boolean {
  return obstacles.length > 0 && anyway?.versionId !== versionId;
}

/** Lists what is known before the start, worst first: obstacles, gates, warnings about the plan, budget, and what a regression leads to. */
export function reviewRows(reviewed: Reviewed): ReviewRow[] {
  const { choice, anyway, draft, estimate, budget, stable, endpoint } = reviewed;
  const rows = [
    ...choice.obstacles.map(({ title, detail }): ReviewRow => {
      const isChosen = anyway?.versionId === choice.versionId;
      return { state: "missed", title, detail: isChosen ? `Chosen anyway: ${anyway.reason}` : detail };
    }),
    ...gateRows(choice),
    ...budgetRows(draft, estimate, budget),
    ...adviceRows(draft, estimate),
    ...slowestRow(draft, estimate),
    {
      state: "on-target",
      title: `A regression rolls back to ${stable} automatically`,
      detail: `Blocks v${choice.version} on ${endpoint}; channels for changes are notified`,
    } satisfies ReviewRow,
  ];
  return rows.toSorted((a, b) => badness(b) - badness(a));
}

const order: readonly State[] = ["on-target", "not-started", "no-data", "watch", "missed"];

function badness({ state }: ReviewRow): number {
  return order.indexOf(state);
}

/** Gates that did not pass, one row each as far as they differ, and one for those that did. Failed ones are obstacles. */
function gateRows({ gates }: StartChoice): ReviewRow[] {
  if (gates.length === 0) return [{ state: "no-data", title: "No gates configured" }];
  const of = (...statuses: GateStatus[]) => gates.filter(({ status }) => statuses.includes(status));
  const titles = (found: StartChoice["gates"]) => found.map(({ title }) => title).join(", ");
  const [passed, open, pending] = [of("passed"), of("not-run", "stale"), of("pending")];
  return [
    ...of("waived").map(
      ({ title, words }): ReviewRow => ({ state: "watch", title: `${title}: waived`, detail: words }),
    ),
    ...(open.length > 0
      ? [{ state: "watch" as const, title: `${plural(open.length, "gate")} not run`, detail: titles(open) }]
      : []),
    ...pending.map(
      ({ title, words }): ReviewRow => ({ state: "no-data", title: `${title}: inconclusive`, detail: words }),
    ),
    ...(passed.length > 0
      ? [{ state: "on-target" as const, title: `${plural(passed.length, "gate")} passed`, detail: titles(passed) }]
      : []),
  ];
}

function budgetRows(
  { budget: rule }: PlanDraft,
  estimate: RolloutEstimate | undefined,
  { allow, reason, slos }: Reviewed["budget"],
): ReviewRow[] {
  if (rule === "ignore") return [{ state: "watch", title: "The error budget is ignored" }];
  if (!allow) return [{ state: "missed", title: "The error budget holds changes", detail: reason }];
  const advice = estimate?.advice.find(({ code }) => code === "budget")?.words;
  if (advice) return [{ state: "watch", title: "The error budget is low", detail: advice }];
  return slos.length > 0 ? [{ state: "on-target", title: "The error budget allows the change", detail: reason }] : [];
}

/** Returns the warnings about the plan: the first of each kind and guardrail, because later steps mean the same. */
function adviceRows({ steps }: PlanDraft, estimate: RolloutEstimate | undefined): ReviewRow[] {
  const seen = new Set<string>();
  return (estimate?.advice ?? []).flatMap((advice): ReviewRow[] => {
    const key = `${advice.code} ${advice.metric}`;
    if (advice.code === "budget" || seen.has(key)) return [];
    seen.add(key);
    return [{ state: "watch", title: titleOf(advice), detail: describeAdvice(advice, steps) }];
  });
}

function titleOf({ code, metric }: RolloutEstimate["advice"][number]): string {
  const name = metric ? metricLabels[metric].name : "";
  if (code === "no-traffic") return "No traffic";
  if (code === "few-units") return "Too few requests for a step";
  return code === "no-rate" ? `${name}: no rate on record` : `${name}: slow verdict`;
}

/** Returns the guardrail whose verdict takes longest, if the first step waits for it. */
function slowestRow({ steps }: PlanDraft, estimate: RolloutEstimate | undefined): ReviewRow[] {
  const known = (estimate?.guardrails ?? []).flatMap(({ metric, proofs }) => {
    const [seconds] = proofs;
    return seconds == null ? [] : [{ metric, seconds }];
  });
  const slowest = known.toSorted((a, b) => b.seconds - a.seconds)[0];
  const [first] = steps;
  if (!slowest || !first || slowest.seconds <= Number(first.minMinutes) * 60) return [];
  const title = `${metricLabels[slowest.metric].name}: the slowest guardrail`;
  const share = formatWeight(Number(first.weightPercent) / 100);
  const detail = `A verdict at ${share} takes about ${formatDuration(slowest.seconds * 1000)}`;
  return [{ state: "not-started", title, detail }];
}

/** Returns why the version is started despite what speaks against it; undefined if nothing does, or nobody said why. */
export function anywayReason(choice: StartChoice, anyway: Overruled | undefined): string | undefined {
  return choice.obstacles.length > 0 && anyway?.versionId === choice.versionId ? anyway.reason.trim() : undefined;
}

/** Formats the maximum false rollback rate of a plan. */
export function describeFalseRollbacks({ alphaPercent }: Pick<PlanDraft, "alphaPercent">): string {
  return `at most ${formatPercent(Number(alphaPercent) / 100)}`;
}
