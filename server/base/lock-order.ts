import { is } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { log } from "./log.ts";

/**
 * The order in which a transaction locks things of more than one kind. Two transactions that keep to it wait for each other in one direction
 * only; within a kind, rows are locked in the order of their ids. What deadlocks nevertheless is run again (retry-conflicts.ts).
 */
const lockOrder = [
  "purge",
  "files",
  "sealed files",
  "experiment",
  "run",
  "registered model",
  "model version",
  "logged model",
  "label task",
  "label annotator",
  "label count",
] as const;
export type LockKind = (typeof lockOrder)[number];

/** What each transaction has locked, savepoints included. */
const held = new WeakMap<object, Set<LockKind>>();

/** Returns the kinds that come after `next` in the order and are held already. */
export function heldOutOfOrder(kinds: ReadonlySet<LockKind>, next: LockKind): LockKind[] {
  if (kinds.has(next)) return [];
  return [...kinds].filter((kind) => lockOrder.indexOf(kind) > lockOrder.indexOf(next));
}

/** Makes a transaction known, with what the one around it has locked. */
export function followLocks(transaction: Database, around: Database): void {
  held.set(transaction, held.get(around) ?? new Set());
}

let report = (kind: LockKind, before: readonly LockKind[]): void =>
  log.warn("transaction.locks_out_of_order", { kind, before, stack: new Error("locked here").stack });

/** Replaces what happens when a transaction locks out of order, which is only logged: tests fail. */
export function reportLocksBy(replacement: typeof report): void {
  report = replacement;
}

/** Notes that a transaction locks something now. To be called by the function that locks it, before it does. */
export function noteLock({ db }: { db: Database }, kind: LockKind): void {
  if (!is(db, PgTransaction)) return;
  const kinds = held.get(db);
  if (!kinds) return;
  const before = heldOutOfOrder(kinds, kind);
  if (before.length > 0) report(kind, before);
  kinds.add(kind);
}
