import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import type { PackedMinute, StateKey } from "../history/contract.ts";
import { storeStates } from "../history/store-states.ts";
import type { SpanState } from "../state/contract.ts";
import { packState } from "../state/pack-state.ts";
import { unpackState } from "../state/unpack-state.ts";
import { MinuteFiles } from "./minute-files.ts";

interface Entry {
  key: StateKey;
  state: SpanState;
  /** As it was written last; rows only grow, so that equal rows are an equal state. */
  packed: PackedMinute | undefined;
  /** Rows that are on disk. */
  savedRows: number;
}

/** Maximum number of minutes in memory while neither the disk nor Postgres accepts them. */
const maxInMemory = 10;
/** Packing may hold a turn of the event loop for so long. */
const maxHeldMs = 2;

/**
 * States of the open minute, and of past minutes until they are in Postgres. At each flush the open minute is written to disk, so that a
 * killed process loses only what it has counted since the last flush (FLUSH_SECONDS); the next process with the same folder continues it.
 * A minute goes to Postgres once it is over, complete, under the ID of this gateway: writing it is idempotent.
 */
export class MinuteStates {
  /** Rows whose counts were lost because too much data was waiting for Postgres. */
  dropped = 0;
  private readonly gatewayId: string;
  private readonly limitBytes: number;
  private readonly files: MinuteFiles;
  /** By start of the minute: the open one, and past ones that are not on disk yet. */
  private readonly minutes = new Map<number, Map<string, Entry>>();
  private open: number;
  private readonly diskFailures = new RepeatedEvent<{ cause: unknown }>((fields) =>
    log.error("states.not_spooled", fields),
  );

  /** Continues where an earlier process with the same folder stopped. */
  constructor(folder: string, gatewayId: string, limitBytes = Number.POSITIVE_INFINITY, now = Date.now()) {
    this.gatewayId = gatewayId;
    this.limitBytes = limitBytes;
    this.files = new MinuteFiles(folder);
    const latest = this.files.starts.at(-1) ?? 0;
    // A clock that was set back must not open a minute again that Postgres has already.
    this.open = Math.max(latest, minuteOf(now));
    if (this.open === latest) this.minutes.set(latest, this.restored(latest));
  }

  /** Opens the minute of a moment. @param at milliseconds since 1970. @param before called first, when the open one is over */
  turn(at: number, before: () => void): void {
    const minute = minuteOf(at);
    if (minute <= this.open) return;
    before();
    this.open = minute;
  }

  /** Returns the state of a key in the open minute. */
  stateOf(key: StateKey, empty: () => SpanState): SpanState {
    const entries = this.minutes.get(this.open) ?? new Map<string, Entry>();
    this.minutes.set(this.open, entries);
    const id = idOf(key);
    const known = entries.get(id);
    if (known) return known.state;
    const entry: Entry = { key, state: empty(), packed: undefined, savedRows: 0 };
    entries.set(id, entry);
    return entry.state;
  }

  /** Writes to disk what was counted since. Never fails: what the disk does not take stays in memory for a while. */
  async save(now = Date.now()): Promise<void> {
    // Without requests, nothing else opens the next minute.
    this.open = Math.max(this.open, minuteOf(now));
    for (const start of [...this.minutes.keys()]) await this.saveMinute(start);
    this.bound();
  }

  /**
   * Writes minutes that are over to Postgres. To be called after save(). @param isAll the open one too, as far as it has come.
   * @throws when Postgres takes nothing; nothing is lost then.
   */
  async store(db: Database, isAll = false): Promise<void> {
    for (const start of this.files.starts) {
      if (start === this.open || this.minutes.has(start)) continue;
      await storeStates(db, this.gatewayId, this.files.read(start));
      this.files.remove(start);
    }
    for (const [start, entries] of [...this.minutes]) {
      if (start === this.open && !isAll) continue;
      await storeStates(
        db,
        this.gatewayId,
        [...entries.values()].flatMap(({ packed }) => packed ?? []),
      );
      if (start !== this.open) this.minutes.delete(start);
    }
  }

  /** Writes what was counted to disk, without Postgres. */
  close(): void {
    for (const [start, entries] of this.minutes) {
      this.onDisk(() =>
        this.files.write(
          start,
          [...entries.values()].map((entry) => packed(entry, start)),
        ),
      );
    }
  }

  /** Whether everything is in Postgres. */
  get isEmpty(): boolean {
    return this.files.starts.length === 0 && this.minutes.size === 0;
  }

  get bytes(): number {
    return this.files.bytes;
  }

  /** Saves a minute to disk if it changed. A minute that has ended is only on disk from then on. */
  private async saveMinute(start: number): Promise<void> {
    const entries = this.minutes.get(start);
    if (!entries) return;
    const minutes: PackedMinute[] = [];
    let hasNew = false;
    let since = performance.now();
    for (const entry of entries.values()) {
      hasNew ||= entry.savedRows !== entry.state.rows;
      minutes.push(packed(entry, start));
      if (performance.now() - since < maxHeldMs) continue;
      await nextTurn();
      since = performance.now();
    }
    const isSaved = !hasNew || this.onDisk(() => this.files.write(start, minutes));
    if (isSaved) for (const entry of entries.values()) entry.savedRows = entry.packed?.rows ?? 0;
    if (isSaved && start !== this.open) this.minutes.delete(start);
  }

  private restored(start: number): Map<string, Entry> {
    const entries = this.files.read(start).map((minute): [string, Entry] => {
      const { start: _, rows, state, ...key } = minute;
      return [idOf(key), { key, state: unpackState(state), packed: minute, savedRows: rows }];
    });
    return new Map(entries);
  }

  /** Deletes the oldest minutes that exceed the disk limit. */
  private bound(): void {
    for (const start of this.files.starts) {
      if (this.files.bytes <= this.limitBytes) break;
      if (start === this.open) continue;
      this.drop(start, this.files.read(start));
      this.files.remove(start);
    }
    const [oldest] = this.minutes.keys();
    if (this.minutes.size <= maxInMemory || oldest === undefined) return;
    const entries = this.minutes.get(oldest)?.values() ?? [];
    this.drop(
      oldest,
      Array.from(entries, (entry) => packed(entry, oldest)),
    );
    this.minutes.delete(oldest);
  }

  private drop(start: number, minutes: readonly PackedMinute[]): void {
    const rows = minutes.reduce((sum, { rows, segment }) => (segment === "" ? sum + rows : sum), 0);
    this.dropped += rows;
    log.error("states.dropped", { minute: new Date(start).toISOString(), rows });
  }

  private onDisk(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (cause) {
      this.diskFailures.occur({ cause });
      return false;
    }
  }
}

function packed(entry: Entry, start: number): PackedMinute {
  const { key, state } = entry;
  if (entry.packed?.rows !== state.rows) entry.packed = { ...key, start, rows: state.rows, state: packState(state) };
  return entry.packed as PackedMinute;
}

function idOf({ endpointId, versionId, arm, segment, profileId }: StateKey): string {
  return `${endpointId} ${versionId} ${arm} ${profileId} ${segment}`;
}

function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
