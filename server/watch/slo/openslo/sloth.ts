import { DomainError } from "#server/base/errors.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import type { Section } from "./document.ts";
import { asSection, listOf, sectionOf } from "./documents.ts";
import { nameOf, prometheusRatio } from "./prometheus.ts";
import { readLabels, readTarget } from "./read-sections.ts";

/** Returns whether a document is a Sloth file, plain or for Kubernetes. */
export function isSloth(document: Section): boolean {
  return document.version === "prometheus/v1" || document.kind === "PrometheusServiceLevel";
}

/** Reads SLOs of Sloth: 30 rolling days, the workbook's rules, failures of all requests by two queries. */
export function readSloth(
  document: Section,
  warn: (warning: string) => void,
): { name: string; definition: SloDefinition }[] {
  const spec = document.kind === "PrometheusServiceLevel" ? sectionOf(document.spec, "spec") : document;
  const service = String(spec.service ?? "");
  if (!service) throw new DomainError("invalid", "The Sloth file has no service.");
  return listOf(spec.slos).map((each, index) => {
    const slo = sectionOf(each, `slos[${index}]`);
    const name = nameOf(slo.name, `slos[${index}]`, warn);
    const sli = asSection(slo.sli);
    const events = asSection(sli.events);
    const bad = events.error_query ?? events.errorQuery;
    const total = events.total_query ?? events.totalQuery;
    if (bad === undefined || total === undefined)
      throw new DomainError(
        "invalid",
        `${name}: sli.events needs error_query and total_query; other Sloth indicators cannot be evaluated.`,
      );
    warn(
      `${name}: Leeway does not query Prometheus. Its queries are stored and displayed, but not evaluated; post its counts to have it evaluated.`,
    );
    const alerting = asSection(slo.alerting);
    const isOff = (severity: "page" | "ticket") =>
      asSection(alerting[`${severity}_alert`] ?? alerting[`${severity}Alert`]).disable === true;
    const period = { kind: "rolling", days: 30 } as const;
    const rules = standardRules(period, "foreign");
    const definition = SloDefinition.parse({
      description: String(slo.description ?? "").slice(0, 1050),
      service: service.slice(0, 63),
      target: readTarget({ targetPercent: slo.objective }, name),
      period,
      indicator: { kind: "foreign", spec: prometheusRatio(name, { bad: String(bad), total: String(total) }) },
      rules: { ...rules, tiers: rules.tiers.filter(({ severity }) => !isOff(severity)) },
      labels: { ...readLabels(spec.labels), ...readLabels(slo.labels) },
      foreign: { sloth: slo },
    });
    return { name, definition };
  });
}
