import type { Labels } from "../contract.ts";
import { byBytes } from "../fingerprint.ts";
import { goQuote } from "../matchers/go-quote.ts";
import type { EffectiveRoute } from "./walk-routes.ts";

/** Returns the labels that select an alert's group in a route: those of groupBy that the alert has. */
export function groupLabels({ groupBy }: Pick<EffectiveRoute, "groupBy">, labels: Labels): Record<string, string> {
  if (groupBy.includes("...")) return { ...labels };
  return Object.fromEntries(Object.entries(labels).filter(([name]) => groupBy.includes(name)));
}

/**
 * Formats the group key as Alertmanager does: `{}/{severity="page"}:{alertname="SLOBurn", model="churn"}` (docs/spec/alerting.md section
 * 4).
 */
export function groupKey(routeKey: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([left], [right]) => byBytes(left, right));
  return `${routeKey}:{${sorted.map(([name, value]) => `${labelName(name)}=${goQuote(value)}`).join(", ")}}`;
}

/** Quotes names beyond Prometheus' legacy character set. */
function labelName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : goQuote(name);
}
