/** Tabs of the page of an endpoint, in the order in which they are shown. Health is the page itself. */
export const endpointTabs = [
  "health",
  "traffic",
  "releases",
  "quality",
  "drift",
  "data",
  "features",
  "predictions",
  "debug",
  "cost",
  "settings",
] as const;
export type EndpointTab = (typeof endpointTabs)[number];

/** Returns the path of a tab of an endpoint on this host. */
export function endpointTabHref(name: string, tab: EndpointTab = "health"): string {
  const base = `/endpoints/${encodeURIComponent(name)}`;
  return tab === "health" ? base : `${base}/${tab}`;
}

/** Purposes of a change to an endpoint, set by its author: repairs and rollbacks are allowed where other changes wait. */
export const changePurposes = ["change", "reliability", "fix", "security", "rollback"] as const;
