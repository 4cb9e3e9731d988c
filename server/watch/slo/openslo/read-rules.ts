import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { AlertSeverity, BurnRules, type BurnTier, type Period } from "../../objectives/contract.ts";
import type { IndicatorKind } from "../../objectives/indicators/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { prefix, type Section } from "./document.ts";
import { asSection, type Lookup, listOf, sectionOf } from "./documents.ts";
import { requiredMinutes } from "./durations.ts";

type Warn = (warning: string) => void;

const Mwmbr = z.array(
  z.object({
    long: z.string(),
    short: z.string().nullish(),
    factor: z.number().positive(),
    severity: AlertSeverity,
    for: z.string().optional(),
  }),
);

export interface RulesSource {
  where: string;
  annotations: Section;
  policies: unknown;
  period: Period;
  indicatorKind: IndicatorKind | null;
}

/** Reads the rules from Leeway's annotations first, then from the policies of OpenSLO; the standard rules if a file has neither. */
export function readRules(source: RulesSource, lookup: Lookup, warn: Warn): BurnRules {
  const { where, annotations, period, indicatorKind } = source;
  const standard = standardRules(period, indicatorKind);
  const mwmbr = annotations[`${prefix}mwmbr`];
  const policies = listOf(source.policies).map((each, index) =>
    policyOf(each, `${where}.alertPolicies[${index}]`, lookup),
  );
  const isStandard = mwmbr === undefined && policies.length === 0;
  if (isStandard) warn(`${where} has no alert policies: the standard burn-rate rules were added.`);
  const tiers = mwmbr !== undefined ? annotatedTiers(mwmbr, where) : policyTiers(policies, where, lookup, warn);
  const parsed = BurnRules.safeParse({
    tiers: isStandard ? standard.tiers : tiers,
    gate: numberOr(annotations[`${prefix}gate`], 1e-3),
    cap: numberOr(annotations[`${prefix}cap`], 0.9),
    absent:
      absentOf(annotations[`${prefix}absent`], where) ??
      (isStandard ? standard.absent : policyAbsence(policies, lookup)),
  });
  const absent = annotations[`${prefix}absent`] === "none" ? null : undefined;
  if (parsed.success) return absent === null ? { ...parsed.data, absent } : parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid", `${where}: rules cannot be read, ${issue?.path.join(".")}: ${issue?.message}.`);
}

function numberOr(annotation: unknown, otherwise: number): number | null {
  if (annotation === undefined) return otherwise;
  return annotation === "none" ? null : Number(annotation);
}

function parsedJson(text: unknown, where: string): unknown {
  try {
    return JSON.parse(String(text));
  } catch (error) {
    throw new DomainError("invalid", `${where} is not JSON.`, { cause: error });
  }
}

function annotatedTiers(annotation: unknown, slo: string): BurnTier[] {
  const where = `${slo}: annotation ${prefix}mwmbr`;
  const parsed = Mwmbr.safeParse(parsedJson(annotation, where));
  if (!parsed.success)
    throw new DomainError(
      "invalid",
      `${where} must be a list of {long, short, factor, severity}: ${parsed.error.issues[0]?.message}.`,
    );
  return parsed.data.map((tier) => ({
    severity: tier.severity,
    longMinutes: requiredMinutes(tier.long, `${where}: long`),
    shortMinutes: tier.short == null ? null : requiredMinutes(tier.short, `${where}: short`),
    factor: tier.factor,
    forMinutes: tier.for === undefined ? 0 : requiredMinutes(tier.for, `${where}: for`),
  }));
}

function absentOf(annotation: unknown, where: string): unknown {
  return annotation === undefined || annotation === "none"
    ? undefined
    : parsedJson(annotation, `${where}: annotation ${prefix}absent`);
}

function policyOf(entry: unknown, where: string, lookup: Lookup): Section {
  const policy = sectionOf(entry, where);
  if (policy.alertPolicyRef === undefined) return sectionOf(policy.spec, `${where}.spec`);
  const found = lookup.find("AlertPolicy", String(policy.alertPolicyRef));
  if (found) return sectionOf(found.spec, `AlertPolicy "${policy.alertPolicyRef}".spec`);
  throw new DomainError(
    "invalid",
    `${where} names the AlertPolicy "${policy.alertPolicyRef}", which is not in this file. Add it.`,
  );
}

function conditionOf(policy: Section, where: string, lookup: Lookup): Section {
  const conditions = listOf(policy.conditions);
  if (conditions.length !== 1)
    throw new DomainError(
      "invalid",
      `${where} must have exactly one condition (OpenSLO v1), got ${conditions.length}.`,
    );
  const condition = sectionOf(conditions[0], `${where}.conditions[0]`);
  if (condition.conditionRef === undefined) return sectionOf(condition.spec, `${where}.conditions[0].spec`);
  const found = lookup.find("AlertCondition", String(condition.conditionRef));
  if (found) return sectionOf(found.spec, `AlertCondition "${condition.conditionRef}".spec`);
  throw new DomainError(
    "invalid",
    `${where} names the AlertCondition "${condition.conditionRef}", which is not in this file. Add it.`,
  );
}

const pages = ["page", "sev1", "critical"];

function severityOf(condition: Section): AlertSeverity {
  return pages.includes(String(condition.severity).toLowerCase()) ? "page" : "ticket";
}

/** Converts each policy to a tier with one window and without a short one. */
function policyTiers(policies: readonly Section[], slo: string, lookup: Lookup, warn: Warn): BurnTier[] {
  return policies.flatMap((policy, index) => {
    const where = `${slo}.alertPolicies[${index}]`;
    const spec = conditionOf(policy, where, lookup);
    const condition = sectionOf(spec.condition, `${where}.condition`);
    if (condition.kind !== undefined && String(condition.kind).toLowerCase() !== "burnrate")
      throw new DomainError(
        "invalid",
        `${where}.condition.kind is ${condition.kind}. OpenSLO v1 supports burnrate only.`,
      );
    const { threshold, op } = condition;
    if (typeof threshold !== "number" || threshold <= 0)
      throw new DomainError("invalid", `${where}.condition.threshold must be a number above 0.`);
    for (const target of listOf(policy.notificationTargets)) {
      const { targetRef } = asSection(target);
      if (targetRef !== undefined)
        warn(`${where}: the target "${targetRef}" is stored by name; alerts use the routes of this workspace.`);
    }
    if (policy.alertWhenBreaching === false) {
      warn(`${where} does not alert when breaching, so no rule was created.`);
      return [];
    }
    if (op === "lte" || op === "lt")
      warn(
        `${where}: op ${op} was read as "greater than", because a burn rate below a threshold is not an alert condition.`,
      );
    return [
      {
        severity: severityOf(spec),
        longMinutes: requiredMinutes(condition.lookbackWindow, `${where}.condition.lookbackWindow`),
        shortMinutes: null,
        factor: threshold,
        forMinutes:
          condition.alertAfter === undefined
            ? 0
            : requiredMinutes(condition.alertAfter, `${where}.condition.alertAfter`),
      },
    ];
  });
}

function policyAbsence(policies: readonly Section[], lookup: Lookup): BurnRules["absent"] {
  const dueNotices = policies.find((policy) => policy.alertWhenNoData === true);
  return dueNotices ? { severity: severityOf(conditionOf(dueNotices, "alertPolicies", lookup)), minutes: null } : null;
}
