import { DomainError } from "#server/base/errors.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import type { IndicatorKind } from "../../objectives/indicators/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import type { Section } from "./document.ts";
import { asSection, isSection, sectionOf } from "./documents.ts";
import { nameOf, prometheusRatio } from "./prometheus.ts";
import { readLabels, readPeriod, readTarget } from "./read-sections.ts";

export function isPyrra({ apiVersion, kind }: Section): boolean {
  return kind === "ServiceLevelObjective" && String(apiVersion).startsWith("pyrra.dev/");
}

/** Reads an objective of Pyrra: `target` in percent, a window, and a ratio, latency, native latency or gauge. */
export function readPyrra(
  document: Section,
  warn: (warning: string) => void,
): { name: string; definition: SloDefinition } {
  const metadata = asSection(document.metadata);
  const name = nameOf(metadata.name, "metadata", warn);
  const spec = sectionOf(document.spec, `${name}.spec`);
  const period = readPeriod([{ duration: spec.window, isRolling: true }], name, warn);
  warn(
    `${name}: Leeway does not query Prometheus. Its queries are stored and displayed, but not evaluated; post its counts to have it evaluated.`,
  );
  const isOff = asSection(spec.alerting).disabled === true;
  if (!isOff) warn(`${name}: uses the SRE Workbook burn-rate rules instead of Pyrra's factors 14, 7, 2 and 1.`);
  const kind: IndicatorKind = "foreign";
  const rules = standardRules(period, kind);
  const definition = SloDefinition.parse({
    description: String(spec.description ?? "").slice(0, 1050),
    service: String(asSection(metadata.labels)["pyrra.dev/service"] ?? name).slice(0, 63),
    target: readTarget({ targetPercent: Number(spec.target) }, name),
    period,
    indicator: { kind, spec: indicatorOf(name, asSection(spec.indicator)) },
    rules: {
      ...rules,
      tiers: isOff ? [] : rules.tiers,
      absent: asSection(spec.alerting).absent === true ? { severity: "ticket" } : null,
    },
    labels: readLabels(metadata.labels),
    foreign: { pyrra: document },
  });
  return { name, definition };
}

function indicatorOf(name: string, indicator: Section): Section {
  const metric = (of: unknown, field: string) => {
    const found = asSection(of).metric;
    if (typeof found === "string" && found) return found;
    throw new DomainError("invalid", `${name}: indicator.${field}.metric is missing.`);
  };
  const { ratio, latency, latencyNative } = indicator;
  const gauge = indicator.bool_gauge ?? indicator.boolGauge;
  if (isSection(ratio))
    return prometheusRatio(name, {
      bad: metric(ratio.errors, "ratio.errors"),
      total: metric(ratio.total, "ratio.total"),
    });
  if (isSection(latency))
    return prometheusRatio(name, {
      good: metric(latency.success, "latency.success"),
      total: metric(latency.total, "latency.total"),
    });
  if (isSection(latencyNative)) {
    const total = metric(latencyNative.total, "latencyNative.total");
    return prometheusRatio(name, { good: `histogram_fraction(0, ${latencyNative.latency}, ${total})`, total });
  }
  if (isSection(gauge)) {
    const found = metric(gauge, "bool_gauge");
    return prometheusRatio(name, { good: `sum_over_time(${found})`, total: `count_over_time(${found})` });
  }
  throw new DomainError("invalid", `${name}: indicator must be one of ratio, latency, latencyNative and bool_gauge.`);
}
