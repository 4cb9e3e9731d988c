import type { Labels } from "../contract.ts";
import { byBytes } from "../fingerprint.ts";
import { goQuote } from "../matchers/go-quote.ts";
import type { EffectiveRoute } from "./walk-routes.ts";

/** The labels by which a route puts an alert into one of its groups: those of groupBy that it has. */
export function groupLabels({ groupBy }: Pick<EffectiveRoute, "groupBy">, labels: Labels): Record<string, string> {
  if (groupBy.includes("...")) return { ...labels };
  return Object.fromEntries(Object.entries(labels).filter(([name]) => groupBy.includes(name)));
}

/** Group key as Alertmanager writes it: `{}/{severity="page"}:{alertname="SLOBurn", model="churn"}` (docs/spec/alerting.md section 4). */
export function groupKey(routeKey: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([left], [right]) => byBytes(left, right));
  return `${routeKey}:{${sorted.map(([name, value]) => `${labelName(name)}=${goQuote(value)}`).join(", ")}}`;
}

/** Names beyond Prometheus' old alphabet stand in quotes. */
function labelName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : goQuote(name);
}
