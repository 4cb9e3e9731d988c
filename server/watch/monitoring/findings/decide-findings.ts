import type { FoundFinding } from "./contract.ts";

/** A finding as it is kept. Times are milliseconds since 1970. */
export interface StoredFinding {
  id: string;
  key: string;
  seenAt: number;
  closedAt: number | null;
}

interface FindingsNow {
  /** Those that are open, and those that closed lately. */
  kept: readonly StoredFinding[];
  found: readonly FoundFinding[];
  now: number;
  holdMs: number;
  over?: { prefix: string; unless: string | null } | undefined;
}

interface Decided {
  open: FoundFinding[];
  /** Found before: it goes on, or comes again within its episode. */
  keep: { id: string; finding: FoundFinding; isAgain: boolean }[];
  close: string[];
}

/**
 * What becomes of findings after a look. One that is not seen any more stays open for its hold; one that comes again
 * within its episode is the same one, which counts once. Of two with one key the worse one is told.
 */
export function decideFindings({ kept, found, now, holdMs, over }: FindingsNow): Decided {
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
        closedAt === null && !worst.has(key) && (now - seenAt >= holdMs || hasEnded(key, over)),
    )
    .map(({ id }) => id);
  return decided;
}

/** What it is about has ended, so that nobody waits for it to come again. */
function hasEnded(key: string, over: FindingsNow["over"]): boolean {
  return over !== undefined && key.startsWith(over.prefix) && !(over.unless !== null && key.startsWith(over.unless));
}

const rank = { page: 0, ticket: 1, note: 2 } as const;

function isNewer(one: StoredFinding, other: StoredFinding): boolean {
  return (one.closedAt ?? Infinity) > (other.closedAt ?? Infinity);
}
