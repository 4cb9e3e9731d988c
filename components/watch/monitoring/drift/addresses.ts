import { endpointTabHref } from "#server/serve/endpoints/constants.ts";

interface DriftView {
  endpoint: string;
  /** Parameters that the range is in, as the address has them; without them it is a week. */
  held?: Readonly<Record<string, string>> | undefined;
  feature?: string | undefined;
  /** Number of the version. */
  version?: string | undefined;
  segment?: string | undefined;
  /** Filter of the listed features: "unusual" or "no-data". */
  show?: string | undefined;
}

/** Returns the path of an endpoint's drift page for a view; omitted fields have their defaults. */
export function driftHref({ endpoint, held, ...view }: DriftView): string {
  const query = new URLSearchParams(held);
  for (const [name, value] of Object.entries(view)) if (value) query.set(name, value);
  const text = query.toString();
  return `${endpointTabHref(endpoint, "drift")}${text ? `?${text}` : ""}`;
}

/** Returns the path of an endpoint's monitoring settings. */
export function monitorHref(endpoint: string): string {
  return `${endpointTabHref(endpoint, "settings")}#monitoring`;
}

/** Returns the path of the page that sets another reference for a version. */
export function referenceHref({ model, version }: { model: string; version: number }): string {
  return `/models/${encodeURIComponent(model)}/v${version}/reference`;
}
