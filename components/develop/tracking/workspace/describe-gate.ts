import { formatNumber, plural } from "#components/ui/format.ts";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";

/** Formats "gate of digits ≥ 0.95". */
export function describeGate({ models, better, bound }: MetricThreshold): string {
  const [name, ...others] = models;
  const whose = others.length > 0 ? `${name} and ${plural(others.length, "other model")}` : name;
  return `gate of ${whose} ${better === "higher" ? "≥" : "≤"} ${formatNumber(bound)}`;
}
