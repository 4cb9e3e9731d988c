import type { AlertRule, AlertRuleSpec, RuleMetric } from "#server/respond/rules/contract.ts";

type Kind = AlertRuleSpec["kind"];
type Of<Wanted extends Kind> = Extract<AlertRuleSpec, { kind: Wanted }>;

/** State of the form: numbers as typed, shares in per cent. */
export interface RuleDraft {
  name: string;
  kind: Kind;
  endpointId: string;
  severity: "page" | "ticket";
  teamId: string;
  runbookId: string;
  metric: RuleMetric;
  op: Of<"threshold">["op"];
  value: string;
  windowMinutes: string;
  forMinutes: string;
  rolloutOn: Of<"rollout">["on"];
  onHoldMinutes: string;
  findings: string[];
  below: string;
  platformOn: Of<"platform">["on"];
  spendOn: Of<"spend">["on"];
  /** Spent share of the budget, in per cent. */
  spentShare: string;
  labelsOn: Of<"labels">["on"];
  /** Id of a label project; empty for all. */
  labelProject: string;
  alphaBelow: string;
  /** Share of labels that look wrong, in per cent. */
  errorShare: string;
  idleHours: string;
  trainingOn: Of<"training">["on"];
  /** Share of the budget for training, in per cent. */
  trainingShare: string;
}

export const kindLabels: Record<Kind, string> = {
  threshold: "A metric crosses a threshold",
  absent: "No requests received",
  rollout: "A rollout is rolled back, on hold or promoted",
  "run-health": "A training run is unhealthy",
  budget: "Error budget running low",
  spend: "Cost: forecast over budget, budget spent or anomaly",
  labels: "Labels: disagreement, likely errors, late or missing labels",
  training: "Training jobs: no checkpoint, failed, stalled, budget",
  platform: "Leeway itself is unhealthy",
};

export const metricNames: Record<RuleMetric, { name: string; unit: string }> = {
  "p50-ms": { name: "Median latency", unit: "ms" },
  "p95-ms": { name: "p95 latency", unit: "ms" },
  "p99-ms": { name: "p99 latency", unit: "ms" },
  "error-rate": { name: "Error rate", unit: "%" },
  "requests-per-second": { name: "Traffic", unit: "requests/s" },
  "queue-ms": { name: "Mean queue time", unit: "ms" },
  "cache-hit-rate": { name: "Cache hit rate", unit: "%" },
  "violation-rate": { name: "Input contract violations per request", unit: "" },
  "tasks-waiting": { name: "Queued tasks", unit: "" },
  "dead-tasks": { name: "Dead-lettered tasks", unit: "" },
  "gpu-utilisation": { name: "GPU utilisation", unit: "%" },
  "gpu-memory": { name: "GPU memory in use", unit: "%" },
  "cost-per-1000": { name: "Cost per 1,000 predictions", unit: "" },
  "label-delay-hours": { name: "Label delay", unit: "h" },
};

/** Returns 1 for plain numbers and 100 for shares, which users enter in percent. */
export function scaleOf(metric: RuleMetric): number {
  return metricNames[metric].unit === "%" ? 100 : 1;
}

/** Converts a rule to its form; without one, returns the form of a new rule. */
export function draftOf(rule?: AlertRule): RuleDraft {
  const draft: RuleDraft = {
    name: "",
    kind: "threshold",
    endpointId: "",
    severity: "ticket",
    teamId: "",
    runbookId: "",
    metric: "p95-ms",
    op: ">",
    value: "200",
    windowMinutes: "5",
    forMinutes: "5",
    rolloutOn: ["rolled-back"],
    onHoldMinutes: "60",
    findings: [],
    below: "10",
    platformOn: ["no-gateway"],
    spendOn: ["over-budget"],
    spentShare: "90",
    labelsOn: ["disagreement", "errors", "backlog", "idle"],
    labelProject: "",
    alphaBelow: "0.667",
    errorShare: "10",
    idleHours: "72",
    trainingOn: ["failed", "torn", "unsaved", "stalled", "budget"],
    trainingShare: "90",
  };
  if (!rule) return draft;
  const { name, spec, severity } = rule;
  const own = { endpointId: rule.endpointId ?? "", teamId: rule.teamId ?? "", runbookId: rule.runbookId ?? "" };
  return { ...draft, name, severity, ...own, kind: spec.kind, ...fieldsOf(spec) };
}

function fieldsOf(spec: AlertRuleSpec): Partial<RuleDraft> {
  switch (spec.kind) {
    case "threshold": {
      const { metric, op } = spec;
      const value = String(Number((spec.value * scaleOf(metric)).toPrecision(12)));
      return { metric, op, value, windowMinutes: String(spec.windowMinutes), forMinutes: String(spec.forMinutes) };
    }
    case "absent":
      return { windowMinutes: String(spec.windowMinutes) };
    case "rollout":
      return { rolloutOn: spec.on, onHoldMinutes: String(spec.onHoldMinutes) };
    case "run-health":
      return { findings: spec.findings };
    case "budget":
      return { below: String(Number((spec.below * 100).toPrecision(12))) };
    case "spend":
      return { spendOn: spec.on, spentShare: String(Number((spec.spentShare * 100).toPrecision(12))) };
    case "labels":
      return {
        labelsOn: spec.on,
        labelProject: spec.projectId === null ? "" : String(spec.projectId),
        alphaBelow: String(spec.alphaBelow),
        errorShare: String(Number((spec.errorShare * 100).toPrecision(12))),
        idleHours: String(spec.idleHours),
      };
    case "training":
      return { trainingOn: spec.on, trainingShare: String(Number((spec.budgetShare * 100).toPrecision(12))) };
    case "platform":
      return { platformOn: spec.on };
  }
}

/** Converts the form to the input of the command. */
export function specOf(draft: RuleDraft, before?: AlertRuleSpec): AlertRuleSpec {
  const { kind, metric, op } = draft;
  const windowMinutes = Number(draft.windowMinutes);
  switch (kind) {
    case "threshold": {
      const value = draft.value === "" ? Number.NaN : Number(draft.value) / scaleOf(metric);
      return { kind, metric, op, value, windowMinutes, forMinutes: Number(draft.forMinutes) };
    }
    case "absent":
      return { kind, windowMinutes };
    case "rollout":
      return { kind, on: draft.rolloutOn, onHoldMinutes: Number(draft.onHoldMinutes) };
    case "run-health":
      return { kind, findings: draft.findings, experimentId: before?.kind === kind ? before.experimentId : null };
    case "budget":
      return { kind, below: Number(draft.below) / 100 };
    case "spend":
      return { kind, on: draft.spendOn, spentShare: Number(draft.spentShare) / 100 };
    case "labels":
      return {
        kind,
        on: draft.labelsOn,
        projectId: draft.labelProject === "" ? null : Number(draft.labelProject),
        alphaBelow: Number(draft.alphaBelow),
        errorShare: Number(draft.errorShare) / 100,
        idleHours: Number(draft.idleHours),
      };
    case "training":
      return { kind, on: draft.trainingOn, budgetShare: Number(draft.trainingShare) / 100 };
    case "platform":
      return { kind, on: draft.platformOn };
  }
}
