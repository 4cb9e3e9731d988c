import type { ConfirmWithReasonProps } from "#components/ui/confirm-with-reason.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { guardrailName } from "./metric-labels.ts";
import { formatWeight, versionNames } from "./rollout-text.ts";

/** Action that a user can take on a rollout. */
export type Act = "pause" | "resume" | "approve" | "skip" | "override" | "roll-back";

interface Choice {
  act: Act;
  label: string;
  key?: string;
  isPrimary?: boolean;
}

/** Returns the currently available actions, in the order of the buttons. */
export function actionsOf(rollout: Rollout): Choice[] {
  const { phase, isPaused, plan, step, state, hold } = rollout;
  const back: Choice = { act: "roll-back", label: "Roll back…", key: "R" };
  if (phase === "starting") return [back];
  if (phase === "watching") return [{ act: "skip", label: "Stop monitoring…" }, back];
  if (phase !== "stepping") return [];
  const waitsForApproval = plan.steps[step]?.needsApproval && !state.approvedSteps.includes(step);
  return [
    ...(["budget-exhausted", "budget-low"].includes(hold?.code ?? "")
      ? [{ act: "override" as const, label: "Override error budget…" }]
      : []),
    ...(waitsForApproval ? [{ act: "approve" as const, label: "Approve…", isPrimary: true }] : []),
    isPaused ? { act: "resume", label: "Resume…", key: "P" } : { act: "pause", label: "Pause…", key: "P" },
    { act: "skip", label: `Skip to ${describeNext(rollout)}…` },
    back,
  ];
}

/** Describes the share of the next step. */
function describeNext({ plan, step }: Rollout): string {
  const next = plan.steps[step + 1];
  return next ? formatWeight(next.weight) : `100%`;
}

type Dialog = Pick<
  ConfirmWithReasonProps,
  "title" | "evidence" | "consequences" | "reasons" | "confirmLabel" | "cancelLabel" | "destructive"
> & { done: string };

/** Returns the dialog of an action: the question, the evidence for or against it, the consequences and how to undo it. */
export function dialogOf(act: Act, rollout: Rollout): Dialog {
  const { endpoint, weight, plan, step } = rollout;
  const { stable, canary } = versionNames(rollout);
  const keep = `Keep ${canary} at ${formatWeight(weight)}`;
  const evidence = evidenceLine(rollout);
  const traffic = (value: string) => ({ label: "Traffic", value });
  const gates = {
    label: "Guardrails",
    value: "keep collecting evidence; a regression still triggers an automatic rollback",
  };
  switch (act) {
    case "pause":
      return {
        title: `Pause the rollout of ${canary}?`,
        evidence,
        cancelLabel: "Cancel",
        confirmLabel: "Pause",
        consequences: [
          traffic(`stays at ${formatWeight(weight)}`),
          gates,
          { label: "Undo", value: "resume at any time" },
        ],
        reasons: ["Waiting for another change", "Reviewing metrics"],
        done: `Paused at ${formatWeight(weight)}.`,
      };
    case "resume":
      return {
        title: `Resume the rollout of ${canary}?`,
        evidence,
        cancelLabel: "Stay paused",
        confirmLabel: "Resume",
        consequences: [traffic(`${describeNext(rollout)} as soon as this step's conditions are met`), gates],
        reasons: ["Metrics look good", "The other change is done"],
        done: "Rollout resumed.",
      };
    case "approve":
      return {
        title: `Let ${canary} proceed to ${describeNext(rollout)}?`,
        evidence,
        cancelLabel: keep,
        consequences: [
          traffic(`${describeNext(rollout)} as soon as this step's conditions are met`),
          { label: "Undo", value: `pause, or roll back to ${stable}` },
        ],
        reasons: ["Metrics look good"],
        confirmLabel: "Approve",
        done: "Approved.",
      };
    case "override":
      return {
        title: `Continue the rollout of ${canary} despite the exhausted error budget?`,
        evidence,
        cancelLabel: "Cancel",
        consequences: [
          traffic(`${describeNext(rollout)} as soon as this step's conditions are met`),
          { label: "Error budget", value: "is ignored for the rest of this rollout" },
          { label: "Undo", value: `pause, or roll back to ${stable}` },
        ],
        reasons: ["The new version is the fix"],
        confirmLabel: "Override error budget",
        done: "Error budget overridden for this rollout.",
      };
    case "skip":
      if (rollout.phase === "watching") return endOfWatch(rollout, evidence);
      return {
        title: `Skip to ${describeNext(rollout)} without waiting?`,
        evidence,
        cancelLabel: keep,
        consequences: [
          traffic(`${formatWeight(weight)} → ${describeNext(rollout)} immediately`),
          { label: "Not verified", value: unproved(rollout) },
          {
            label: "Undo",
            value: plan.steps[step + 1] || plan.watch.seconds > 0 ? `roll back to ${stable}` : `deploy ${stable} again`,
          },
        ],
        reasons: ["Not enough traffic for a verdict", "Urgent fix"],
        confirmLabel: `Skip to ${describeNext(rollout)}`,
        done: `Skipped to ${describeNext(rollout)}.`,
      };
    case "roll-back":
      return {
        title: `Roll back ${endpoint} to ${stable}?`,
        evidence,
        cancelLabel: keep,
        destructive: true,
        consequences: [
          traffic(`${canary} ${formatWeight(weight)} → 0%; all traffic goes to ${stable}, which is loaded and warm`),
          { label: "In-flight requests", value: `requests already running on ${canary} are completed` },
          { label: "Kept", value: "all evidence, counts and decisions" },
          { label: "Undo", value: "start a new rollout; this one cannot be resumed" },
        ],
        reasons: ["Errors", "Latency", "Incorrect predictions"],
        confirmLabel: `Roll back to ${stable}`,
        done: `Rolled back to ${stable}.`,
      };
  }
}

function endOfWatch(rollout: Rollout, evidence: string): Dialog {
  const { stable, canary } = versionNames(rollout);
  return {
    title: `Stop monitoring ${canary}?`,
    evidence,
    cancelLabel: "Keep monitoring",
    consequences: [
      { label: "Traffic", value: `stays on ${canary}` },
      { label: "Guardrails", value: "stop collecting evidence; automatic rollback is off" },
      { label: "Undo", value: `deploy ${stable} again` },
    ],
    reasons: ["Enough evidence"],
    confirmLabel: "Stop monitoring",
    done: `${canary} promoted.`,
  };
}

function unproved({ plan, evidence }: Rollout): string {
  const names = plan.guardrails
    .filter(({ metric }) => evidence.guardrails.find((each) => each.metric === metric)?.verdict !== "safe")
    .map((guardrail) => guardrailName(guardrail).toLowerCase());
  return names.length === 0 ? "none: all guardrails passed" : names.join(", ");
}

/** Summarises the evidence in one line, even if it contradicts the requested action. */
export function evidenceLine(rollout: Rollout): string {
  const { evidence, plan } = rollout;
  const { canary } = versionNames(rollout);
  const worst = evidence.guardrails.toSorted((a, b) => (b.maxLogEWorse ?? -99) - (a.maxLogEWorse ?? -99))[0];
  const units = Math.max(0, ...evidence.guardrails.map((each) => each.canary.units));
  if (!worst || units === 0) return `No data for ${canary} yet.`;
  const words =
    worst.fact?.words ?? guardrailName(plan.guardrails.find(({ metric }) => metric === worst.metric) ?? worst);
  if (worst.verdict === "harmful") return `${canary} violates a guardrail: ${words}.`;
  return `${canary} violates no guardrail. Closest to a regression: ${words}.`;
}
