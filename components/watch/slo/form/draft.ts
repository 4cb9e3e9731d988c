import type { BurnRules, Period } from "#server/watch/objectives/contract.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";
import type { Slo, SloDraft } from "#server/watch/slo/objectives/contract.ts";

/** Kinds that the form offers; the others come from monitoring and from files. */
export const formKinds = [
  "availability",
  "latency",
  "freshness",
  "feature-freshness",
  "view-lag",
  "realised-quality",
  "label-timeliness",
  "primary-answered",
  "data-quality",
  "cost",
  "posted",
  "composite",
] as const;
export type FormKind = (typeof formKinds)[number];

export const kindLabels: Record<FormKind, string> = {
  availability: "Availability",
  latency: "Latency",
  freshness: "Feature freshness (reported by callers)",
  "feature-freshness": "Freshness of looked-up features",
  "view-lag": "Lag of a feature view",
  "realised-quality": "Realised quality (from labels)",
  "label-timeliness": "Label timeliness",
  "primary-answered": "Served by the primary model",
  "data-quality": "Data quality",
  cost: "Cost",
  posted: "Externally posted counts",
  composite: "Composite of several SLOs",
};

/** State of the form: texts and selections, until the server parses them. */
export interface FormDraft {
  name: string;
  displayName: string;
  description: string;
  endpointId: string | null;
  viewId: string | null;
  kind: FormKind;
  /** Milliseconds of latency, minutes of features, hours of freshness and labels, tolerance, price, or the name of a source, by kind. */
  limit: number | string;
  tolerance: number | string;
  countsFailures: boolean;
  countsMissing: boolean;
  /** Predictions whose labels are due: all sampled ones, or those that label projects drew at random. */
  labelsOf: "sampled" | "audit";
  source: string;
  parts: string[];
  mode: "openslo" | "weighted" | "worst";
  targetPercent: number | string;
  /** "30" days, or "week", "month", "quarter". */
  period: string;
  timeZone: string;
  method: "occurrences" | "timeslices" | "ratio-timeslices";
  sliceMinutes: number | string;
  sliceTargetPercent: number | string;
  /** Null leaves them to the standard of the period. */
  rules: BurnRules | null;
  freezes: boolean;
  teamId: string | null;
  runbookId: string | null;
}

const hourMs = 3_600_000;
export const minuteMs = 60_000;

export const emptyDraft: FormDraft = {
  name: "",
  displayName: "",
  description: "",
  endpointId: null,
  viewId: null,
  kind: "availability",
  limit: 200,
  tolerance: "",
  countsFailures: false,
  countsMissing: false,
  labelsOf: "sampled",
  source: "",
  parts: [],
  mode: "worst",
  targetPercent: 99.5,
  period: "30",
  timeZone: "UTC",
  method: "occurrences",
  sliceMinutes: 5,
  sliceTargetPercent: 95,
  rules: null,
  freezes: true,
  teamId: null,
  runbookId: null,
};

/** The limit that a kind starts with. */
export const usualLimits: Partial<Record<FormKind, number>> = {
  latency: 200,
  freshness: 4,
  "feature-freshness": 60,
  "view-lag": 60,
  "realised-quality": 168,
  "label-timeliness": 168,
  cost: 1,
};

/** Converts a draft to a definition; the server reports fields that are not valid numbers. */
export function definitionOf(draft: FormDraft): SloDraft {
  const isComposite = draft.kind === "composite";
  return {
    displayName: draft.displayName,
    description: draft.description,
    // Rounded, so that 99.9% does not become 0.9990000000000001.
    target: Number((Number(draft.targetPercent) / 100).toFixed(8)),
    period: periodOf(draft),
    budgeting: budgetingOf(draft),
    indicator: isComposite ? null : (indicatorOf(draft) as Indicator),
    composite: isComposite ? { mode: draft.mode, parts: draft.parts.map((sloId) => ({ sloId })) } : null,
    ...(draft.rules && { rules: draft.rules }),
    freezes: draft.freezes,
  };
}

export function periodOf({ period, timeZone }: Pick<FormDraft, "period" | "timeZone">): Period {
  if (period === "week" || period === "month" || period === "quarter") {
    return { kind: "calendar", unit: period, timeZone };
  }
  return { kind: "rolling", days: Number(period) };
}

function budgetingOf({ method, sliceMinutes, sliceTargetPercent }: FormDraft): SloDraft["budgeting"] {
  if (method === "occurrences") return { method };
  if (method === "timeslices") {
    return { method, sliceMinutes: Number(sliceMinutes), sliceTarget: Number(sliceTargetPercent) / 100 };
  }
  return { method, sliceMinutes: Number(sliceMinutes) };
}

function indicatorOf(draft: FormDraft) {
  const { kind, endpointId, viewId, limit } = draft;
  const maturityMs = Math.round(Number(limit) * hourMs);
  switch (kind) {
    case "latency":
      return { kind, endpointId, withinMs: Number(limit), countsFailures: draft.countsFailures };
    case "freshness":
      return { kind, endpointId, maxAgeMs: maturityMs };
    case "feature-freshness":
      return {
        kind,
        viewId,
        endpointId,
        atMostMs: Math.round(Number(limit) * minuteMs),
        countsMissing: draft.countsMissing,
      };
    case "view-lag":
      return { kind, viewId, endpointId, atMostMs: Math.round(Number(limit) * minuteMs) };
    case "realised-quality":
      return { kind, endpointId, maturityMs, tolerance: draft.tolerance === "" ? null : Number(draft.tolerance) };
    case "label-timeliness":
      return { kind, endpointId, maturityMs, of: draft.labelsOf };
    case "cost":
      return { kind, endpointId, maxCostPer1000: Number(limit) };
    case "posted":
      return { kind, source: draft.source, endpointId };
    default:
      return { kind, endpointId };
  }
}

/** Converts a saved SLO to its draft; undefined for a kind that the form does not support. */
export function draftOf(slo: Slo): FormDraft | undefined {
  const { definition } = slo;
  const { indicator, composite, period, budgeting } = definition;
  const kind = composite ? "composite" : formKinds.find((each) => each === indicator?.kind);
  if (!kind) return undefined;
  return {
    ...emptyDraft,
    name: slo.name,
    displayName: definition.displayName,
    description: definition.description,
    kind,
    endpointId: slo.endpointId,
    targetPercent: Number((definition.target * 100).toFixed(6)),
    period: period.kind === "rolling" ? String(period.days) : period.unit,
    timeZone: period.kind === "calendar" ? period.timeZone : "UTC",
    method: budgeting.method,
    ...("sliceMinutes" in budgeting && { sliceMinutes: budgeting.sliceMinutes }),
    ...("sliceTarget" in budgeting && { sliceTargetPercent: budgeting.sliceTarget * 100 }),
    ...(composite && { mode: composite.mode, parts: composite.parts.map(({ sloId }) => sloId) }),
    ...(indicator && limitsOf(indicator)),
    rules: definition.rules,
    freezes: definition.freezes,
    teamId: slo.teamId,
    runbookId: slo.runbookId,
  };
}

function limitsOf(indicator: Indicator): Partial<FormDraft> {
  switch (indicator.kind) {
    case "latency":
      return { limit: indicator.withinMs, countsFailures: indicator.countsFailures };
    case "freshness":
      return { limit: indicator.maxAgeMs / hourMs };
    case "feature-freshness": {
      const { viewId, atMostMs, countsMissing } = indicator;
      return { limit: atMostMs / minuteMs, viewId, countsMissing };
    }
    case "view-lag":
      return { limit: indicator.atMostMs / minuteMs, viewId: indicator.viewId };
    case "realised-quality":
      return { limit: indicator.maturityMs / hourMs, tolerance: indicator.tolerance ?? "" };
    case "label-timeliness":
      return { limit: indicator.maturityMs / hourMs, labelsOf: indicator.of };
    case "cost":
      return { limit: indicator.maxCostPer1000 };
    case "posted":
      return { source: indicator.source };
    default:
      return {};
  }
}
