import { createHash } from "node:crypto";
import { DomainError } from "#server/base/errors.ts";
import type { SentTable } from "./read-table.ts";

/** Time that a table waits for the call that uses it. */
const keptMs = 600_000;
/** Tables of one workspace that wait. */
const maxTables = 16;

/** Who sends a table. */
export interface TableSender {
  workspace: string;
  /** Sender within the workspace. */
  name: string;
}

interface Pending {
  key: string;
  workspace: string;
  table: SentTable;
  timer: NodeJS.Timeout;
}

/** A table that is used: its memory counts until it is released. */
interface TakenTable {
  table: SentTable;
  release(): void;
}

/**
 * Tables that clients up to Feast 0.66 send in one call and use in the next, by the command that both name. They wait ten minutes, in the
 * memory of this process, all together within a limit, of which one workspace has half.
 */
export class PendingTables {
  private readonly maxBytes: number;
  /** Tables that wait, by their keys. */
  private readonly pending = new Map<string, Pending>();
  /** All that take memory: those that wait, and those that are used. */
  private readonly held = new Set<Pending>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * Keeps a copy of a table, in place of one for the same command.
   * @throws DomainError "unavailable" while others fill the memory, or the sender's workspace its half; "too-large" above this half
   */
  add(sender: TableSender, command: Uint8Array, table: SentTable): void {
    const { workspace } = sender;
    const key = keyOf(sender, command);
    this.evict(key);
    const most = this.maxBytes / 2;
    if (table.bytes > most) {
      const message = `A table that waits for another call can have at most ${most / 2 ** 20} MiB. Send fewer rows at a time, or use Feast 0.67 or later.`;
      throw new DomainError("too-large", message);
    }
    const own = [...this.held].filter((entry) => entry.workspace === workspace);
    const isFull = own.length >= maxTables || bytesOf(own) + table.bytes > most;
    if (isFull || bytesOf(this.held) + table.bytes > this.maxBytes) {
      throw new DomainError("unavailable", "Too many tables wait to be used. Try again in a moment.");
    }
    const timer = setTimeout(() => this.evict(key), keptMs).unref();
    const entry = { key, workspace, table: copyOf(table), timer };
    this.pending.set(key, entry);
    this.held.add(entry);
  }

  has(sender: TableSender, command: Uint8Array): boolean {
    return this.pending.has(keyOf(sender, command));
  }

  /** Returns a table once. Whoever uses it releases it then. */
  take(sender: TableSender, command: Uint8Array): TakenTable | undefined {
    const entry = this.pending.get(keyOf(sender, command));
    if (!entry) return undefined;
    clearTimeout(entry.timer);
    this.pending.delete(entry.key);
    return { table: entry.table, release: () => this.held.delete(entry) };
  }

  clear(): void {
    for (const key of [...this.pending.keys()]) this.evict(key);
  }

  private evict(key: string): void {
    const entry = this.pending.get(key);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.pending.delete(key);
    this.held.delete(entry);
  }
}

function bytesOf(entries: Iterable<Pending>): number {
  let bytes = 0;
  for (const { table } of entries) bytes += table.bytes;
  return bytes;
}

/** Copies the parts of a table that are used: they lie inside the messages that came, and would keep all of these. */
function copyOf({ messages, rows, bytes }: SentTable): SentTable {
  return {
    messages: messages.map(({ header, body }) => ({ header: new Uint8Array(header), body: new Uint8Array(body) })),
    rows,
    bytes,
  };
}

/** A digest, since a command may have a mebibyte. */
function keyOf({ workspace, name }: TableSender, command: Uint8Array): string {
  return `${workspace} ${name} ${createHash("sha256").update(command).digest("hex")}`;
}
