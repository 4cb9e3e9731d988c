import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import type { GateResult } from "../../objectives/contract.ts";
import { bandOf, formatBudget, formatBudgetLeft } from "../engine/contract.ts";
import type { BudgetGate, GatedChange } from "./contract.ts";

/** An SLO of the endpoint that may freeze it, by what is left now. */
export interface GatingSlo {
  id: string;
  name: string;
  /** Share that is left; null without any traffic. */
  remaining: number | null;
  /** Bad events in the period. */
  bad?: number | undefined;
  /** Approval that currently allows changes. */
  approval: { until: Date; approvedBy: string } | undefined;
}

/** Purposes that go on in a band where other changes wait (docs/spec/slo.md section 7). */
const mends: Record<"unhealthy" | "exhausted", readonly ChangePurpose[]> = {
  unhealthy: ["reliability", "fix", "security", "rollback"],
  exhausted: ["fix", "security", "rollback"],
};

type SloDecision = BudgetGate["slos"][number];

/**
 * Decides whether a change to an endpoint may proceed, by the policy of docs/spec/slo.md section 7: with at most half of the budget left
 * only as a canary, with at most a quarter only repairs, and with none only fixes, security updates and rollbacks; or anything that an
 * approval allows. The strictest of its SLOs decides; without SLOs or counts, everything may proceed.
 */
export function decideGate(slos: readonly GatingSlo[], change: GatedChange): BudgetGate {
  const decisions = slos.map((slo) => decideSlo(slo, change)).toSorted(strictestFirst);
  const [first] = decisions;
  if (!first) {
    const reason = "This endpoint has no SLO that can freeze changes.";
    return {
      allow: true,
      band: "no-data",
      remaining: null,
      sloId: null,
      reason,
      until: null,
      approvedBy: null,
      advice: null,
      slos: [],
    };
  }
  const { name, ...decision } = first;
  return { ...decision, advice: adviceOf(decisions), slos: decisions };
}

function strictestFirst(a: SloDecision, b: SloDecision): number {
  if (a.allow !== b.allow) return a.allow ? 1 : -1;
  return (a.remaining ?? Number.POSITIVE_INFINITY) - (b.remaining ?? Number.POSITIVE_INFINITY);
}

function decideSlo({ id, name, remaining, bad, approval }: GatingSlo, { kind, purpose }: GatedChange): SloDecision {
  const band = bandOf(remaining);
  const base = { name, sloId: id, band, remaining, until: null, approvedBy: null };
  const left = remaining === null ? "" : formatBudgetLeft(remaining);
  if (band === "no-data") return { ...base, allow: true, reason: `No data for SLO "${name}" yet.` };
  const overspent = formatBudget({ remaining: remaining ?? 0, bad });
  const frozen = describeFrozen(band, name, band === "exhausted" ? overspent : left, kind);
  if (!frozen) return { ...base, allow: true, reason: `${left} of the error budget of "${name}" is left.` };
  const mending = band === "attention" ? mends.unhealthy : mends[band as keyof typeof mends];
  if (mending.includes(purpose))
    return { ...base, allow: true, reason: `${frozen.why} This ${purposeLabels[purpose]} is allowed.` };
  if (approval) {
    const { until, approvedBy } = approval;
    return {
      ...base,
      allow: true,
      until,
      approvedBy,
      reason: `${frozen.why} ${approvedBy} approved changes for now.`,
    };
  }
  return { ...base, allow: false, reason: `${frozen.why} ${frozen.what}` };
}

const purposeLabels: Record<ChangePurpose, string> = {
  change: "change",
  reliability: "reliability change",
  fix: "fix",
  security: "security change",
  rollback: "rollback",
};

/** Describes why changes are frozen and what to do; undefined if they are not. */
function describeFrozen(band: GateResult["band"], name: string, left: string, kind: GatedChange["kind"]) {
  if (band === "exhausted")
    return {
      why: `The error budget of "${name}" is exhausted (${left}).`,
      what: "Changes are frozen, except rollbacks, fixes and security updates, until it recovers or an owner approves them.",
    };
  if (band === "unhealthy")
    return {
      why: `Only ${left} of the error budget of "${name}" is left.`,
      what: "Only fixes, rollbacks and reliability or security changes are allowed; others need approval.",
    };
  if (band === "attention" && kind === "deployment")
    return {
      why: `${left} of the error budget of "${name}" is left.`,
      what: "Changes must start with partial traffic: start a rollout instead of deploying.",
    };
  return undefined;
}

function adviceOf(decisions: readonly SloDecision[]): string | null {
  const attention = decisions.find(({ band }) => band === "attention" || band === "unhealthy" || band === "exhausted");
  if (!attention || attention.remaining === null) return null;
  const { name, remaining } = attention;
  const left = remaining < 0 ? "None" : formatBudgetLeft(remaining);
  return `${left} of the error budget of "${name}" is left: start with a small step.`;
}
