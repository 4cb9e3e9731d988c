import { trimEndOf } from "#server/base/text/trim-of.ts";

/** Names of SLOs are shorter and narrower than those of endpoints; "-availability" is the longest that follows. */
const fits = /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/;

export type PromiseKind = "availability" | "latency";

/**
 * Returns the name of an endpoint's SLO: `digits-availability`. If the endpoint's name does not fit, part of its ID is added, so that
 * names stay unique. The migration that created these SLOs uses the same rule in SQL.
 */
export function promiseName({ id, name }: { id: string; name: string }, kind: PromiseKind): string {
  if (fits.test(name)) return `${name}-${kind}`;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${trimEndOf(plain.slice(0, 43), "-")}-${id.slice(0, 6)}-${kind}`;
}
