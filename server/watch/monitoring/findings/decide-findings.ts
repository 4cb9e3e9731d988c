import type { FoundFinding } from "./contract.ts";

/** A finding as stored. Times are milliseconds since 1970. */
export interface StoredFinding {
  id: string;
  key: string;
  seenAt: number;
  closedAt: number | null;
}

interface FindingsNow {
  /** Open findings, and recently closed ones. */
  kept: readonly StoredFinding[];
  found: readonly FoundFinding[];
  now: number;
  holdMs: number;
  over?: { prefix: string; unless: string | null } | undefined;
  /** Prefixes of keys that could not be evaluated. */
  unknown?: readonly string[] | null | undefined;
}

interface Decided {
  open: FoundFinding[];
  /** Known findings: they continue, or recur within their episode. */
  keep: { id: string; finding: FoundFinding; isAgain: boolean }[];
  close: string[];
}

/**
 * Decides the changes to findings after an evaluation. A finding that is no longer found stays open for its hold time; one that recurs
 * within its episode is the same one and counts once. Of two with the same key, the more severe one is reported. What could not be
 * evaluated stays open: unknown is not resolved.
 */
export function decideFindings({ kept, found, now, holdMs, over, unknown }: FindingsNow): Decided {
  const newest = new Map<string, StoredFinding>();
  for (const one of kept) {
    const known = newest.get(one.key);
    if (!known || isNewer(one, known)) newest.set(one.key, one);
  }
  const worst = new Map<string, FoundFinding>();
  for (const one of found) {
    const known = worst.get(one.key);
    if (!known || rank[one.severity] < rank[known.severity]) worst.set(one.key, one);
  }
  const decided: Decided = { open: [], keep: [], close: [] };
  for (const [key, finding] of worst) {
    const known = newest.get(key);
    if (known) decided.keep.push({ id: known.id, finding, isAgain: known.closedAt !== null });
    else decided.open.push(finding);
  }
  decided.close = kept
    .filter(
      ({ key, closedAt, seenAt }) =>
        closedAt === null &&
        !worst.has(key) &&
        (now - seenAt >= holdMs || hasEnded(key, over)) &&
        !unknown?.some((prefix) => key.startsWith(prefix)),
    )
    .map(({ id }) => id);
  return decided;
}

/** Whether the subject of a finding has ended, so that it needs no hold time. */
function hasEnded(key: string, over: FindingsNow["over"]): boolean {
  return over !== undefined && key.startsWith(over.prefix) && !(over.unless !== null && key.startsWith(over.unless));
}

const rank = { page: 0, ticket: 1, note: 2 } as const;

function isNewer(one: StoredFinding, other: StoredFinding): boolean {
  return (one.closedAt ?? Infinity) > (other.closedAt ?? Infinity);
}
