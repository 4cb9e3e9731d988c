import { DomainError } from "#server/base/errors.ts";
import type { SentTable } from "./read-table.ts";

/** Time that a table waits for the call that uses it. */
const keptMs = 600_000;

interface Pending {
  table: SentTable;
  timer: NodeJS.Timeout;
}

/**
 * Tables that clients up to Feast 0.66 send in one call and use in the next, by the command that both name. They wait ten minutes, in the
 * memory of this process, all together within a limit.
 */
export class PendingTables {
  private readonly maxBytes: number;
  private bytes = 0;
  private readonly pending = new Map<string, Pending>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Keeps a table of a caller. @throws DomainError "unavailable" while others fill the memory */
  add(caller: string, command: Uint8Array, table: SentTable): void {
    const key = keyOf(caller, command);
    this.remove(key);
    if (this.bytes + table.bytes > this.maxBytes) {
      throw new DomainError("unavailable", "Too many tables wait to be used. Try again in a moment.");
    }
    this.bytes += table.bytes;
    const timer = setTimeout(() => this.remove(key), keptMs).unref();
    this.pending.set(key, { table, timer });
  }

  has(caller: string, command: Uint8Array): boolean {
    return this.pending.has(keyOf(caller, command));
  }

  /** Returns a table and forgets it. */
  take(caller: string, command: Uint8Array): SentTable | undefined {
    const key = keyOf(caller, command);
    const found = this.pending.get(key);
    this.remove(key);
    return found?.table;
  }

  clear(): void {
    for (const key of [...this.pending.keys()]) this.remove(key);
  }

  private remove(key: string): void {
    const found = this.pending.get(key);
    if (!found) return;
    clearTimeout(found.timer);
    this.bytes -= found.table.bytes;
    this.pending.delete(key);
  }
}

function keyOf(caller: string, command: Uint8Array): string {
  return `${caller} ${Buffer.from(command.buffer, command.byteOffset, command.byteLength).toString("base64")}`;
}
