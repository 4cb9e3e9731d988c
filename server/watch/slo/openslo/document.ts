import { minuteMs } from "#server/base/durations.ts";
import type { BurnTier, Period, SloDefinition } from "../../objectives/contract.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { durationText } from "./durations.ts";

/** A part of a YAML document. */
export type Section = Record<string, unknown>;

export interface NamedSlo {
  name: string;
  definition: SloDefinition;
  /** For a composite: names of its components by ID, so that a file can be imported elsewhere. */
  partNames?: Readonly<Record<string, string>>;
}

/** Prefix of annotations for content that OpenSLO does not support. */
export const prefix = "leeway.internal/";

export const methodNames = {
  occurrences: "Occurrences",
  timeslices: "Timeslices",
  "ratio-timeslices": "RatioTimeslices",
} as const;

/**
 * Returns an SLO as one OpenSLO v1 document, each tier as a policy with the long window, and the complete rules in annotations
 * (docs/spec/slo.md section 10).
 */
export function documentOf(slo: NamedSlo) {
  const { name, definition } = slo;
  const { displayName, description, service, labels, indicator, period, budgeting } = definition;
  return {
    apiVersion: "openslo/v1",
    kind: "SLO",
    metadata: {
      name,
      ...(displayName && { displayName }),
      ...(Object.keys(labels).length > 0 && { labels }),
      annotations: annotationsOf(slo),
    },
    spec: {
      ...(description && { description }),
      service,
      ...(indicator && { indicator: indicatorSection(name, indicator) }),
      timeWindow: [windowOf(period)],
      budgetingMethod: methodNames[budgeting.method],
      objectives: objectivesOf(slo),
      alertPolicies: definition.rules.tiers.map((tier) => policyOf(name, tier, definition.rules.absent !== null)),
    },
  };
}

function annotationsOf({ definition, partNames }: NamedSlo): Record<string, string> {
  const { rules, indicator, composite, freezes, target } = definition;
  const tiers = rules.tiers.map(({ longMinutes, shortMinutes, factor, severity, forMinutes }) => ({
    long: durationText(longMinutes),
    ...(shortMinutes !== null && { short: durationText(shortMinutes) }),
    factor,
    severity,
    ...(forMinutes > 0 && { for: durationText(forMinutes) }),
  }));
  const maturity = indicator && "maturityMs" in indicator ? indicator.maturityMs / minuteMs : null;
  const parts = composite?.parts.map(({ sloId, weight }) => ({ slo: partNames?.[sloId] ?? sloId, id: sloId, weight }));
  return {
    [`${prefix}mwmbr`]: JSON.stringify(tiers),
    [`${prefix}gate`]: rules.gate === null ? "none" : String(rules.gate),
    [`${prefix}cap`]: String(rules.cap),
    [`${prefix}absent`]: rules.absent === null ? "none" : JSON.stringify(rules.absent),
    [`${prefix}freezes`]: String(freezes),
    ...(indicator && { [`${prefix}sli-kind`]: indicator.kind }),
    ...(maturity !== null && Number.isInteger(maturity) && { [`${prefix}maturity`]: durationText(maturity) }),
    ...(composite && {
      [`${prefix}composite`]: JSON.stringify({ mode: composite.mode, parts }),
      [`${prefix}target`]: String(target),
    }),
  };
}

function indicatorSection(name: string, indicator: Indicator): Section {
  if (indicator.kind === "foreign") return indicator.spec;
  const source = (count: "good" | "total") => ({ metricSource: { type: "Leeway", spec: { ...indicator, count } } });
  return { metadata: { name }, spec: { ratioMetric: { counter: true, good: source("good"), total: source("total") } } };
}

const calendarDurations = { week: "1w", month: "1M", quarter: "1Q" };

function windowOf(period: Period): Section {
  if (period.kind === "rolling") return { duration: `${period.days}d`, isRolling: true };
  // This Monday is also the first day of a quarter, so that every unit starts with it.
  const calendar = { startTime: "2024-01-01 00:00:00", timeZone: period.timeZone };
  return { duration: calendarDurations[period.unit], isRolling: false, calendar };
}

function objectivesOf({ definition, partNames }: NamedSlo): Section[] {
  const { budgeting, composite, target } = definition;
  const slices = {
    ...(budgeting.method === "timeslices" && { timeSliceTarget: budgeting.sliceTarget }),
    ...(budgeting.method !== "occurrences" && { timeSliceWindow: durationText(budgeting.sliceMinutes) }),
  };
  if (!composite) return [{ target, ...slices }];
  return composite.parts.map(({ sloId, weight }) => ({
    target,
    ...slices,
    compositeWeight: weight,
    indicatorRef: partNames?.[sloId] ?? sloId,
  }));
}

function policyOf(slo: string, tier: BurnTier, alertWhenNoData: boolean): Section {
  const long = durationText(tier.longMinutes);
  const end = `-${tier.severity}-${long}`;
  const name = `${slo.slice(0, 63 - end.length)}${end}`;
  const condition = {
    kind: "burnrate",
    op: "gt",
    threshold: tier.factor,
    lookbackWindow: long,
    alertAfter: durationText(tier.forMinutes),
  };
  const conditions = [{ kind: "AlertCondition", metadata: { name }, spec: { severity: tier.severity, condition } }];
  const spec = {
    alertWhenBreaching: true,
    alertWhenResolved: true,
    alertWhenNoData,
    conditions,
    notificationTargets: [],
  };
  return { kind: "AlertPolicy", metadata: { name }, spec };
}
