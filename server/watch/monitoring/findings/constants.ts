import { type EndpointTab, endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { Watcher } from "../contract.ts";

interface Placed {
  watcher: Watcher;
  endpoint: string;
  feature: string;
}

/** Tab of the endpoint that shows the findings of a watcher; undefined where another page does. */
export function tabOfWatcher(watcher: Watcher): EndpointTab | undefined {
  switch (watcher) {
    case "integrity":
      return "data";
    case "drift":
      return "drift";
    case "quality":
    case "estimate":
    case "fairness":
    case "consistency":
      return "quality";
    case "skew":
    case "cost":
      return undefined;
  }
}

/** Address on this host of the page that shows a finding with its numbers. */
export function findingHref({ watcher, endpoint, feature }: Placed): string {
  const tab = tabOfWatcher(watcher);
  if (!tab) {
    // The feature of a skew is the name of the view, in earlier findings with a feature behind it: "driver_stats:conv_rate".
    return watcher === "skew" ? `/features/${encodeURIComponent(feature.split(":")[0] ?? "")}` : "/costs";
  }
  const query = feature === "" || tab === "quality" ? "" : `?${new URLSearchParams({ feature })}`;
  return `${endpointTabHref(endpoint, tab)}${query}`;
}
