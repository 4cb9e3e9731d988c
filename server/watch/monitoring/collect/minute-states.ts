import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { nextMark, type SpoolMark, startOf, writerOf } from "#server/serve/telemetry/spool-mark.ts";
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
/** A clock that is set back by no more leaves the minute open. Requests may wait to be counted, too. */
const toleratedMs = 5 * minuteMs;

interface MinuteStatesOptions {
  /** Maximum number of bytes on disk. */
  limitBytes?: number;
  /** Returns milliseconds since 1970. */
  now?: () => number;
}

/**
 * States of the open minute, and of past minutes until they are in Postgres. At each flush the open minute is written to disk, so that a
 * killed process loses only what it has counted since the last flush (FLUSH_SECONDS); the next process with the same folder continues it.
 * A minute goes to Postgres once it is over, complete, under the ID of this gateway: writing it is idempotent.
 */
export class MinuteStates {
  /** Rows whose counts were lost: too much data was waiting for Postgres, or it was set aside. A file that cannot be read counts as one. */
  dropped = 0;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  private readonly gatewayId: string;
  private readonly limitBytes: number;
  private readonly files: MinuteFiles;
  /** By mark: the open one, and past ones that are not on disk yet. */
  private readonly minutes = new Map<SpoolMark, Map<string, Entry>>();
  private open: SpoolMark;
  private readonly diskFailures = new RepeatedEvent<{ cause: unknown }>((fields) =>
    log.error("states.not_spooled", fields),
  );

  /** Continues where an earlier process with the same folder stopped. */
  constructor(folder: string, gatewayId: string, options: MinuteStatesOptions = {}) {
    const { limitBytes = Number.POSITIVE_INFINITY, now = Date.now } = options;
    this.gatewayId = gatewayId;
    this.limitBytes = limitBytes;
    this.now = now;
    this.files = new MinuteFiles(folder);
    const { latest, marks } = this.files;
    this.open = nextMark(latest, minuteOf(now()), toleratedMs);
    if (this.open === latest && marks.includes(latest)) this.minutes.set(latest, this.restored(latest));
  }

  /** Opens the minute of a moment. @param at milliseconds since 1970. @param before called first, when the open one is over */
  turn(at: number, before: () => void): void {
    const next = nextMark(this.open, minuteOf(at), toleratedMs);
    if (next === this.open) return;
    before();
    this.open = next;
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
  async save(now = this.now()): Promise<void> {
    // Without requests, nothing else opens the next minute.
    this.open = nextMark(this.open, minuteOf(now), toleratedMs);
    for (const mark of [...this.minutes.keys()]) await this.saveMinute(mark);
    this.bound();
  }

  /**
   * Writes minutes that are over to Postgres. To be called after save(). @param isAll the open one too, as far as it has come.
   * @throws when Postgres takes nothing; nothing is lost then.
   */
  async store(db: Database, isAll = false): Promise<void> {
    for (const mark of this.files.marks) {
      if (mark === this.open || this.minutes.has(mark)) continue;
      await this.storeFile(db, mark);
    }
    for (const [mark, entries] of [...this.minutes]) {
      if (mark === this.open && !isAll) continue;
      const { rejected } = await storeStates(db, writerOf(this.gatewayId, mark), packedOf(entries));
      if (mark === this.open) continue;
      if (rejected.length > 0) this.drop(mark, rejected);
      this.minutes.delete(mark);
    }
  }

  private async storeFile(db: Database, mark: SpoolMark): Promise<void> {
    const minutes = this.files.read(mark);
    if (!minutes) {
      this.dropped += 1;
      return;
    }
    const { rejected, reason } = await storeStates(db, writerOf(this.gatewayId, mark), minutes);
    if (rejected.length === 0) {
      this.files.remove(mark);
      return;
    }
    this.dropped += rowsOf(rejected);
    this.files.setAside(mark, `Postgres rejects states of the minute: ${reason}`);
  }

  /** Writes what was counted to disk, without Postgres. */
  close(): void {
    for (const [mark, entries] of this.minutes) {
      this.onDisk(() =>
        this.files.write(
          mark,
          [...entries.values()].map((entry) => packed(entry, mark)),
        ),
      );
    }
  }

  /** Whether everything is in Postgres. */
  get isEmpty(): boolean {
    return this.files.marks.length === 0 && this.minutes.size === 0;
  }

  get bytes(): number {
    return this.files.bytes;
  }

  /** Saves a minute to disk if it changed. A minute that has ended is only on disk from then on. */
  private async saveMinute(mark: SpoolMark): Promise<void> {
    const entries = this.minutes.get(mark);
    if (!entries) return;
    const minutes: PackedMinute[] = [];
    let hasNew = false;
    let since = performance.now();
    for (const entry of entries.values()) {
      hasNew ||= entry.savedRows !== entry.state.rows;
      minutes.push(packed(entry, mark));
      if (performance.now() - since < maxHeldMs) continue;
      await nextTurn();
      since = performance.now();
    }
    const isSaved = !hasNew || this.onDisk(() => this.files.write(mark, minutes));
    if (isSaved) for (const entry of entries.values()) entry.savedRows = entry.packed?.rows ?? 0;
    if (isSaved && mark !== this.open) this.minutes.delete(mark);
  }

  private restored(mark: SpoolMark): Map<string, Entry> {
    try {
      const entries = (this.files.read(mark) ?? []).map((minute): [string, Entry] => {
        const { start: _, rows, state, ...key } = minute;
        return [idOf(key), { key, state: unpackState(state), packed: minute, savedRows: rows }];
      });
      return new Map(entries);
    } catch (cause) {
      this.files.setAside(mark, `Its states cannot be read: ${(cause as Error).message}`);
      return new Map();
    }
  }

  /** Deletes the oldest minutes that exceed the disk limit. */
  private bound(): void {
    for (const mark of this.files.marks) {
      if (this.files.bytes <= this.limitBytes) break;
      if (mark === this.open) continue;
      this.dropFile(mark);
    }
    const [oldest] = this.minutes.keys();
    if (this.minutes.size <= maxInMemory || oldest === undefined) return;
    // A full disk takes the newer data once its oldest is gone.
    const [first] = this.files.marks;
    if (first !== undefined && first !== this.open && first < oldest) {
      this.dropFile(first);
      return;
    }
    const entries = this.minutes.get(oldest)?.values() ?? [];
    this.drop(
      oldest,
      Array.from(entries, (entry) => packed(entry, oldest)),
    );
    this.minutes.delete(oldest);
  }

  private dropFile(mark: SpoolMark): void {
    this.drop(mark, this.files.read(mark) ?? []);
    this.files.remove(mark);
  }

  private drop(mark: SpoolMark, minutes: readonly PackedMinute[]): void {
    const rows = rowsOf(minutes);
    this.dropped += rows;
    log.error("states.dropped", { minute: new Date(startOf(mark)).toISOString(), rows });
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

/** Returns the states of a minute as they were packed last. */
function packedOf(entries: ReadonlyMap<string, Entry>): PackedMinute[] {
  return [...entries.values()].flatMap(({ packed }) => packed ?? []);
}

/** Counts rows once, although each is in its segments too. */
function rowsOf(minutes: readonly PackedMinute[]): number {
  return minutes.reduce((sum, { rows, segment }) => (segment === "" ? sum + rows : sum), 0);
}

function packed(entry: Entry, mark: SpoolMark): PackedMinute {
  const { key, state } = entry;
  if (entry.packed?.rows !== state.rows) {
    entry.packed = { ...key, start: startOf(mark), rows: state.rows, state: packState(state) };
  }
  return entry.packed as PackedMinute;
}

function idOf({ endpointId, versionId, arm, segment, profileId }: StateKey): string {
  return `${endpointId} ${versionId} ${arm} ${profileId} ${segment}`;
}

function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
