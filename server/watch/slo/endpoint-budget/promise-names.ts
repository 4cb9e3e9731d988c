/** Names of SLOs are shorter and narrower than those of endpoints; "-availability" is the longest that follows. */
const fits = /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/;

export type PromiseKind = "availability" | "latency";

/**
 * What the SLO of an endpoint's promise is called: `digits-availability`. An endpoint whose name does not fit gets a part of its id into
 * it, so that two of them never meet. The migration that moved promises to SLOs says the same in SQL.
 */
export function promiseName({ id, name }: { id: string; name: string }, kind: PromiseKind): string {
  if (fits.test(name)) return `${name}-${kind}`;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${plain.slice(0, 43).replace(/-+$/, "")}-${id.slice(0, 6)}-${kind}`;
}
