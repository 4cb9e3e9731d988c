import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { AlertRule } from "#server/respond/rules/contract.ts";
import { listAlertRules } from "#server/respond/rules/queries.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import type { WatchingRule } from "./contract.ts";

const indices: readonly WatchingRule["state"][] = ["firing", "pending", "unknown", "quiet", "paused"];

/**
 * Lists all rules that could notify about an endpoint, with their current state and its reason: firing ones first.
 * @throws DomainError "not-found" for the endpoint
 */
export async function listWatchingRules(
  ctx: Context,
  { endpointId }: { endpointId: string },
): Promise<{ rules: WatchingRule[] }> {
  permit(ctx, "listWatchingRules");
  await findEndpointById(ctx, endpointId);
  const { slos } = await listSlos(ctx);
  const rules = await listAlertRules(ctx, { endpointId });
  const all = [
    ...slos.filter((slo) => slo.endpointId === endpointId).map(ofSlo),
    ...rules.map((rule) => ofRule(rule, endpointId)),
  ];
  return { rules: all.sort((a, b) => indices.indexOf(a.state) - indices.indexOf(b.state)) };
}

function ofSlo(slo: SloSummary): WatchingRule {
  return {
    kind: "slo",
    name: slo.displayName || slo.name,
    severity: slo.pages ? "page" : "ticket",
    ...sloState(slo),
    href: `/slos/${slo.name}`,
    since: null,
  };
}

function sloState({ pausedAt, evaluatedAt, firing, words }: SloSummary): Pick<WatchingRule, "state" | "why"> {
  const said = words.slice(0, 2).join(" ");
  if (pausedAt) return { state: "paused", why: "Evaluated, but paused: it sends no notifications until resumed." };
  if (!evaluatedAt) return { state: "unknown", why: "Not evaluated yet. The worker evaluates every ten seconds." };
  return { state: firing ? "firing" : "quiet", why: said || "No data yet." };
}

function ofRule(rule: AlertRule, endpointId: string): WatchingRule {
  const own = rule.states.filter(({ part }) => part === endpointId);
  const state = own[0] ?? (rule.endpointId === null && rule.states.length > 0 ? undefined : rule.states[0]);
  return {
    kind: "rule",
    name: rule.name,
    severity: rule.severity,
    ...ruleState(rule, state),
    href: `/alerts/rules/${rule.id}`,
    since: state && state.state !== "inactive" ? state.since : null,
  };
}

function ruleState(
  { isEnabled, problem, words }: AlertRule,
  state: AlertRule["states"][number] | undefined,
): Pick<WatchingRule, "state" | "why"> {
  if (!isEnabled) return { state: "paused", why: `Disabled. ${words}` };
  if (problem !== null) return { state: "unknown", why: problem };
  if (!state) return { state: "quiet", why: words };
  return { state: state.state === "inactive" ? "quiet" : state.state, why: state.words };
}
