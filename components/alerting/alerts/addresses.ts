import type { Labels } from "#server/alerting/alerts/contract.ts";

/** Where a group of alerts is shown. */
export function groupHref(groupId: string): string {
  return `/alerts/groups/${groupId}`;
}

/** Where one alert is shown, now or as it was at a moment. */
export function alertHref(fingerprint: string, at?: Date): string {
  return `/alerts/${fingerprint}${at ? `?at=${at.toISOString()}` : ""}`;
}

/** Where a rule besides those of SLOs is shown. */
export function ruleHref(ruleId: string): string {
  return `/alerts/rules/${ruleId}`;
}

/** Where one is edited. */
export function ruleEditHref(ruleId: string): string {
  return `${ruleHref(ruleId)}/edit`;
}

/** The form of a new silence, filled in with what it goes by. */
export function newSilenceHref(labels?: Labels): string {
  const matchers = labels && matchersOf(labels);
  return `/alerts/silences/new${matchers ? `?matchers=${encodeURIComponent(matchers)}` : ""}`;
}

/** The tester of routes with labels filled in. */
export function testRouteHref(labels: Labels): string {
  return `/alerts/routes?labels=${encodeURIComponent(matchersOf(labels))}#try`;
}

/** Labels as matchers are written: `alertname="A", severity="page"`. */
function matchersOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");
}
