/** Where an SLO is shown. */
export function sloHref(name: string): string {
  return `/slos/${encodeURIComponent(name)}`;
}

/** Where a new one is written, for an endpoint when one is named. */
export function newSloHref(endpoint?: string): string {
  return endpoint ? `/slos/new?endpoint=${encodeURIComponent(endpoint)}` : "/slos/new";
}
