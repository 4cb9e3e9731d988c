import { createHash } from "node:crypto";
import type { auditEvents } from "#db/schema/index.ts";

/** Version of the canonical form that new seals use. A changed form is a new version: older seals stay verifiable under theirs. */
export const sealFormat = 1;

/** An entry of the audit log with the texts that Postgres returns for its time and its JSON. */
export type SealedEntry = Omit<typeof auditEvents.$inferSelect, "at" | "before" | "after"> & {
  /** UTC with microseconds: "2026-05-08T12:00:00.123456Z". */
  at: string;
  /** Text of jsonb: keys by length and then by bytes, ", " and ": " as separators, numbers as they were written. */
  before: string | null;
  after: string | null;
};

interface SealHead {
  number: number;
  format: number;
  lastId: number;
  sealedAt: Date;
}

/** Canonical forms by version. */
const forms: Record<number, (entry: SealedEntry) => string> = { 1: firstForm };

/**
 * Returns the canonical form of an entry in a version, as of docs/spec/audit-seals.md.
 * @throws Error for a version of a later release
 */
export function canonicalEntry(entry: SealedEntry, format = sealFormat): string {
  const form = forms[format];
  if (!form) throw new Error(`The audit log has seals of format ${format}, which this version does not know.`);
  return form(entry);
}

function firstForm(entry: SealedEntry): string {
  return JSON.stringify([
    "leeway-audit-entry",
    1,
    entry.id,
    entry.workspaceId,
    entry.at,
    entry.actorKind,
    entry.actorId,
    entry.actorName,
    entry.action,
    entry.subject,
    entry.before,
    entry.after,
    entry.reason,
    entry.address,
  ]);
}

/** Returns the SHA-256 of an entry's canonical form, 32 bytes. */
export function digestOf(entry: SealedEntry, format = sealFormat): Buffer {
  return createHash("sha256").update(canonicalEntry(entry, format)).digest();
}

/**
 * Returns the hash of a seal, hex: SHA-256 over its head with the hash of the seal before, and a line for each entry.
 * @param previous hash of the seal before; null for the first one
 * @param ids of the entries, ascending
 * @param digests of the entries in the same order, 32 bytes each
 */
export function sealHash(head: SealHead, previous: string | null, ids: readonly number[], digests: Buffer): string {
  const { number, format, lastId, sealedAt } = head;
  const hash = createHash("sha256");
  const first = ["leeway-audit-seal", format, number, previous, lastId, ids.length, sealedAt.toISOString()];
  hash.update(`${JSON.stringify(first)}\n`);
  for (const [place, id] of ids.entries()) hash.update(`${id} ${digestAt(digests, place).toString("hex")}\n`);
  return hash.digest("hex");
}

/** Returns one of the digests of a seal; shorter than 32 bytes when some are missing. */
export function digestAt(digests: Buffer, place: number): Buffer {
  return digests.subarray(place * 32, (place + 1) * 32);
}
