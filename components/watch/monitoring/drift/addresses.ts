interface DriftView {
  endpoint: string;
  range?: string | undefined;
  feature?: string | undefined;
  /** Number of the version. */
  version?: string | undefined;
  segment?: string | undefined;
  /** Which features are listed: "unusual" or "no-data". */
  show?: string | undefined;
}

/** How an endpoint drifts, as somebody looks at it; what is left out is as usual. */
export function driftHref({ endpoint, ...view }: DriftView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) if (value) query.set(name, value);
  const text = query.toString();
  return `/drift/${encodeURIComponent(endpoint)}${text ? `?${text}` : ""}`;
}

/** How an endpoint is watched. */
export function monitorHref(endpoint: string): string {
  return `/drift/${encodeURIComponent(endpoint)}/settings`;
}

/** Where a version gets another reference. */
export function referenceHref({ model, version }: { model: string; version: number }): string {
  return `/models/${encodeURIComponent(model)}/v${version}/reference`;
}
