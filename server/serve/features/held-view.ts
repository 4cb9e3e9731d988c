import type { KeyedRow, StoredRow } from "#server/develop/features/rows/feature-rows.ts";

interface HeldRow extends StoredRow {
  /** Order of writing; 0 for a row that was read with its view. */
  readonly sequence: number;
}

/** Memory that a row takes besides its key and its packed values. */
export const rowBytes = 400;

/** All rows of a view in memory. */
export class HeldView {
  readonly number: number;
  /** Whether all rows are here; until then, it only collects what arrives. */
  isComplete = false;
  /** State of the removals of entity keys before its first row was read. */
  removals: string | undefined;
  /** When it was last asked for, on the clock of performance.now(). */
  usedAt: number;
  /** Packed size of its rows, with their keys. */
  packedBytes = 0;
  private readonly rows = new Map<string, HeldRow>();
  /** Keys that were written here, with the round of following after which their rows are here. */
  private readonly written = new Map<string, number>();

  constructor(number: number, usedAt: number) {
    this.number = number;
    this.usedAt = usedAt;
  }

  /** Memory that the rows take. */
  get bytes(): number {
    return this.packedBytes + this.rows.size * rowBytes;
  }

  /** Returns the rows of keys; undefined if one was just written here and is not in memory yet. */
  read(keys: readonly Buffer[]): (StoredRow | undefined)[] | undefined {
    const ids = keys.map((key) => key.toString("latin1"));
    if (this.written.size > 0 && ids.some((id) => this.written.has(id))) return undefined;
    return ids.map((id) => this.rows.get(id));
  }

  /** Returns the rows of keys, also of those that were just written here. */
  readAnyway(keys: readonly Buffer[]): (StoredRow | undefined)[] {
    return keys.map((key) => this.rows.get(key.toString("latin1")));
  }

  /** Takes a row, unless a newer one is here: the greater by event time, created time and order of writing. */
  take({ key, eventAt, createdAt, packed }: KeyedRow, sequence: number): void {
    const id = key.toString("latin1");
    const before = this.rows.get(id);
    if (before && !isNewer({ eventAt, createdAt, sequence }, before)) return;
    this.rows.set(id, { eventAt, createdAt, packed: ofItsOwn(packed), sequence });
    this.packedBytes += packed.length - (before ? before.packed.length : -id.length);
  }

  /** Number of keys that were written here and are not in memory yet. */
  get writtenKeys(): number {
    return this.written.size;
  }

  /** Notes that rows of keys were written here, and are in memory after a round of following. */
  noteWritten(keys: readonly Buffer[], round: number): void {
    for (const key of keys) this.written.set(key.toString("latin1"), round);
  }

  /** Notes that a round of following has ended. */
  noteRound(round: number): void {
    for (const [id, after] of this.written) if (after <= round) this.written.delete(id);
  }
}

type Order = Pick<HeldRow, "eventAt" | "createdAt" | "sequence">;

function isNewer(row: Order, before: Order): boolean {
  if (row.eventAt !== before.eventAt) return row.eventAt > before.eventAt;
  if (row.createdAt !== before.createdAt) return row.createdAt > before.createdAt;
  return row.sequence > before.sequence;
}

/** Copies the bytes of a row: as a part of what the driver read, they would keep all of it in memory. */
function ofItsOwn(packed: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(own);
  return own;
}
