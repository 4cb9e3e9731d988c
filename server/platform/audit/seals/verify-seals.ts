import { asc, count, gt, lte } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { auditEvents, auditSeals } from "#db/schema/index.ts";
import { digestAt, digestOf, type SealedEntry, sealHash } from "./canonical.ts";
import { readSealedEntries } from "./sealed-entries.ts";

type Seal = typeof auditSeals.$inferSelect;

export interface SealVerification {
  /** Numbers of seals and of sealed entries that are intact, up to the first problem. */
  seals: number;
  entries: number;
  /** Hash of the last intact seal; null without seals. */
  head: string | null;
  /** Entries after the last seal. */
  unsealed: number;
  /** First change behind the seals, as a sentence; null when there is none. */
  problem: string | null;
}

/** Seals read at once: their entries are read one seal at a time. */
const sealsPerPage = 20;

/**
 * Verifies the complete audit log against its seals, in bounded memory: each entry against its digest, and each seal against the one before.
 * @param expected hash of a seal that was noted elsewhere: it must be in the chain, which finds seals that were all replaced
 */
export async function verifySeals(db: Database, expected?: string): Promise<SealVerification> {
  let last: Seal | undefined;
  let entries = 0;
  let isExpectedFound = expected === undefined;
  const result = (problem: string | null, unsealed = 0): SealVerification => ({
    seals: last?.number ?? 0,
    entries,
    head: last?.hash ?? null,
    unsealed,
    problem,
  });
  while (true) {
    const page = await db
      .select()
      .from(auditSeals)
      .where(gt(auditSeals.number, last?.number ?? Number.MIN_SAFE_INTEGER))
      .orderBy(asc(auditSeals.number))
      .limit(sealsPerPage);
    for (const seal of page) {
      const problem = problemOfSeal(seal, last) ?? (await problemOfEntries(db, seal, last));
      if (problem) return result(problem);
      last = seal;
      entries += seal.ids.length;
      isExpectedFound ||= seal.hash === expected;
    }
    if (page.length < sealsPerPage) break;
  }
  const [unsealed] = await db
    .select({ count: count() })
    .from(auditEvents)
    .where(last && gt(auditEvents.id, last.lastId));
  const missing = `No seal has the hash ${expected}. Seals were removed or replaced since it was noted.`;
  return result(isExpectedFound ? null : missing, unsealed?.count);
}

/** Returns what is wrong with a seal itself. */
function problemOfSeal(seal: Seal, last: Seal | undefined): string | undefined {
  const expected = (last?.number ?? 0) + 1;
  if (seal.number !== expected) return `Seal ${expected} is missing.`;
  const { ids, digests, lastId } = seal;
  const isComplete = digests.length === ids.length * 32 && ids.at(-1) === lastId;
  if (isComplete && sealHash(seal, last?.hash ?? null, ids, digests) === seal.hash) return undefined;
  return `Seal ${seal.number} was changed, or a seal before it was removed.`;
}

/** Returns what is wrong with the entries of an intact seal. */
async function problemOfEntries(db: Database, seal: Seal, last: Seal | undefined): Promise<string | undefined> {
  const { ids, digests, format } = seal;
  const range = [last ? gt(auditEvents.id, last.lastId) : undefined, lte(auditEvents.id, seal.lastId)];
  // One more than the seal has shows what was inserted, however much that is.
  const found = await readSealedEntries(db, range, ids.length + 1);
  for (let place = 0; place < Math.max(ids.length, found.length); place++) {
    const id = ids[place];
    const entry: SealedEntry | undefined = found[place];
    const at = ` It belongs to seal ${seal.number}.`;
    if (entry && (id === undefined || entry.id < id)) return `Entry ${entry.id} was inserted after its seal.${at}`;
    if (!entry || entry.id !== id) return `Entry ${id} was removed.${at}`;
    if (!digestOf(entry, format).equals(digestAt(digests, place))) {
      return `Entry ${id} was changed, or exchanged with another.${at}`;
    }
  }
  return undefined;
}
