import type { Deployment } from "#server/serve/endpoints/contract.ts";

/** The first bad minute may begin up to a minute before the deployment that caused it, which is recorded a moment later. */
const graceMs = 90_000;

/** A version that could serve again. */
export interface Way {
  model: string;
  version: number;
  /** Its last deployment. */
  deployment: Deployment | undefined;
  /** Start of the stretch in which it last served without another version in between; null where it never served. */
  since: number | null;
  /** Time at which it last served, and its total serving time; null where it never served. */
  lastUsedAt: number | null;
  servedMs: number;
  /** Time for which it last served without a page, up to when one fired; 0 where it never served. */
  quietMs: number;
  /** Bad and total events of its last day; null where nothing was counted. */
  record: { bad: number; total: number } | null;
}

interface Known {
  blocked: ReadonlySet<string>;
  /** Versions, with the endpoint at which each fails now. */
  failing: ReadonlyMap<string, string>;
  /** Starts of the endpoint's incidents, in milliseconds since 1970. */
  pages: readonly number[];
  /** Start of the problem at hand. */
  startedAt: number;
}

/** Returns why a version may not serve again; null where it may, with how long it last served without a page. */
export function evaluateWay(
  way: Way,
  { blocked, failing, pages, startedAt }: Known,
): { way: Way; problem: string | null } {
  const { deployment, since, lastUsedAt } = way;
  if (!deployment || since === null || lastUsedAt === null) return { way, problem: "never served here" };
  const elsewhere = failing.get(deployment.versionId);
  const first = Math.min(...pages.filter((at) => at + graceMs >= since && at + graceMs < lastUsedAt));
  const measured = { ...way, quietMs: Math.max(0, Math.min(lastUsedAt, first) - since) };
  if (blocked.has(deployment.versionId)) return { way: measured, problem: "is blocked here" };
  if (elsewhere) return { way: measured, problem: `fails at ${elsewhere}` };
  if (lastUsedAt > startedAt + graceMs) return { way: measured, problem: "was left a moment ago" };
  return { way: measured, problem: Number.isFinite(first) ? "had a page when it last served" : null };
}
