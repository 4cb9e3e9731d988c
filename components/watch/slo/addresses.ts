/** Returns the path of an SLO's page. */
export function sloHref(name: string): string {
  return `/slos/${encodeURIComponent(name)}`;
}

/** Returns the path of the form for a new SLO, optionally for an endpoint. */
export function newSloHref(endpoint?: string): string {
  return endpoint ? `/slos/new?endpoint=${encodeURIComponent(endpoint)}` : "/slos/new";
}
