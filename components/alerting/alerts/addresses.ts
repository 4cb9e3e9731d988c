import type { Labels } from "#server/alerting/alerts/contract.ts";

/** Returns the path of the page of a group of alerts. */
export function groupHref(groupId: string): string {
  return `/alerts/groups/${groupId}`;
}

/** Returns the path of the page of an alert, in its current state or at a given time. */
export function alertHref(fingerprint: string, at?: Date): string {
  return `/alerts/${fingerprint}${at ? `?at=${at.toISOString()}` : ""}`;
}

/** Returns the path of the page of a rule that belongs to no SLO. */
export function ruleHref(ruleId: string): string {
  return `/alerts/rules/${ruleId}`;
}

/** Returns the path of the edit page of such a rule. */
export function ruleEditHref(ruleId: string): string {
  return `${ruleHref(ruleId)}/edit`;
}

/** Returns the address of the form for a new silence, with matchers from the labels filled in. */
export function newSilenceHref(labels?: Labels): string {
  const matchers = labels && matchersOf(labels);
  return `/alerts/silences/new${matchers ? `?matchers=${encodeURIComponent(matchers)}` : ""}`;
}

/** Returns the address of the route tester with labels filled in. */
export function testRouteHref(labels: Labels): string {
  return `/alerts/routes?labels=${encodeURIComponent(matchersOf(labels))}#try`;
}

/** Formats labels as matchers: `alertname="A", severity="page"`. */
function matchersOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");
}
