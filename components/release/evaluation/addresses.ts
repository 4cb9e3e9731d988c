import { versionHref } from "#components/develop/addresses/version-href.ts";

/** Views of a version's evaluation, in the order of their tabs. The overview has no segment of its own in the address. */
export const evaluationViews = ["overview", "compare", "segments", "rows", "robustness", "fairness"] as const;
export type EvaluationView = (typeof evaluationViews)[number] | "sets";

/** What the address of an evaluation says besides its version and view. */
export interface EvaluationQuery {
  set?: { name: string; digest: string } | undefined;
  /** Version of the same model that it is compared with. */
  base?: number | undefined;
  /** Id of a segment. */
  segment?: string | undefined;
  /** Which rows are shown. */
  only?: string | undefined;
  /** "loss" shows the highest loss first. */
  order?: string | undefined;
  /** Kind and severity of a corruption. */
  kind?: string | undefined;
  severity?: number | undefined;
  /** Number of the first row of a page, from 0. */
  offset?: number | undefined;
}

const digestLength = 8;

/** Returns the address of a version's evaluation. */
export function evaluationHref(
  version: { name: string; version: number },
  view: EvaluationView = "overview",
  { set, base, segment, only, order, kind, severity, offset }: EvaluationQuery = {},
): string {
  const search = new URLSearchParams();
  if (set) search.set("set", `${set.name}@${set.digest.slice(0, digestLength)}`);
  if (base !== undefined) search.set("base", `v${base}`);
  if (segment) search.set("segment", segment);
  if (only) search.set("only", only);
  if (order) search.set("order", order);
  if (kind) search.set("kind", kind);
  if (severity !== undefined) search.set("severity", String(severity));
  if (offset) search.set("offset", String(offset));
  const path = `${versionHref(version.name, version.version)}/evaluation${view === "overview" ? "" : `/${view}`}`;
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Finds the set that an address names: "depot-audit@9c1d0a4f", or its name alone, which means the newest of that name. */
export function findNamedSet<Found extends { name: string; digest: string }>(
  sets: readonly Found[],
  text: string | undefined,
): Found | undefined {
  if (!text) return undefined;
  // A name may contain "@" itself.
  const at = text.lastIndexOf("@");
  const [name, digest] = [text.slice(0, at), text.slice(at + 1)];
  const isNamed = (set: Found) => set.name === name && set.digest.startsWith(digest);
  return (at > 0 ? sets.find(isNamed) : undefined) ?? sets.find((set) => set.name === text);
}
