import type { Watcher } from "../contract.ts";

interface Placed {
  watcher: Watcher;
  endpoint: string;
  feature: string;
}

/** Address on this host of the page that shows a finding with its numbers. */
export function findingHref({ watcher, endpoint, feature }: Placed): string {
  const name = encodeURIComponent(endpoint);
  const query = feature === "" ? "" : `?${new URLSearchParams({ feature })}`;
  switch (watcher) {
    case "integrity":
      return `/drift/${name}/data${query}`;
    case "drift":
      return `/drift/${name}${query}`;
    case "quality":
    case "estimate":
    case "fairness":
    case "consistency":
      return `/quality/${name}`;
    case "cost":
      return "/costs";
  }
}
