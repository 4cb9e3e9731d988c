import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";
import { emptyMinutes } from "../indicators/minute-counts.ts";
import { instantOf } from "../indicators/source.ts";
import { freshMs } from "./count-series.ts";

/** Good of sixty minutes, then total; in half the room where that loses nothing. */
type PackedHour = Float32Array | Float64Array;

interface CachedSeries {
  revision: number;
  /** Hours since then are here. */
  from: number;
  /** Time of the last read: counts up to two hours before it may have changed since. */
  readUntil: number;
  /** By start of the hour, for all versions combined. Empty hours are omitted. */
  hours: Map<number, PackedHour>;
}

interface Requested {
  seriesId: string;
  /** Revision from sli_series: a new one means that old hours changed. */
  revision: number;
  span: Span;
}

/** About half a kilobyte each: two months of two hundred series that never rest. */
const defaultMaxHours = 300_000;
/** Idle time after which a series may be evicted. Active ones stay: every evaluation reads all of them, and each would evict the next. */
const idleMs = minuteMs;

/**
 * In-memory cache of series counts, so that evaluating an SLO every few seconds only reads its last hours. Series that do not fit are
 * read completely each time.
 */
export class SeriesMemory {
  private readonly kept = new Map<string, CachedSeries>();
  private readonly maxHours: number;
  private storedHours = 0;

  /** Holds at most maxHours hours of all series together. */
  constructor({ maxHours = defaultMaxHours }: { maxHours?: number } = {}) {
    this.maxHours = maxHours;
  }

  /** Reads the current minutes of a series; zeroes where nothing was counted. The caller has checked that the series may be read. */
  async read(db: Database, { seriesId, revision, span }: Requested): Promise<MinuteCounts> {
    const known = this.kept.get(seriesId);
    const isComplete = known !== undefined && known.revision === revision && known.from <= span.from;
    const since = isComplete ? known.readUntil - freshMs - hourMs : span.from;
    const from = Math.floor(Math.max(span.from, since) / hourMs) * hourMs;
    const read = await readHours(db, seriesId, from);
    const hours = new Map(isComplete ? known.hours : []);
    for (const hour of hours.keys()) if (hour >= from || hour < span.from - hourMs) hours.delete(hour);
    for (const [hour, packed] of read) hours.set(hour, packed);
    this.keep(seriesId, { revision, from: span.from, readUntil: span.to, hours });
    return unpacked(hours, span);
  }

  /** Hours in memory. */
  get size(): number {
    return this.storedHours;
  }

  private keep(seriesId: string, kept: CachedSeries): void {
    this.evict(seriesId);
    for (const [oldest, { readUntil }] of this.kept) {
      const hasRoom = this.storedHours + kept.hours.size <= this.maxHours;
      if (hasRoom || kept.readUntil - readUntil <= idleMs) break;
      this.evict(oldest);
    }
    if (this.storedHours + kept.hours.size > this.maxHours) return;
    this.kept.set(seriesId, kept);
    this.storedHours += kept.hours.size;
  }

  private evict(seriesId: string): void {
    this.storedHours -= this.kept.get(seriesId)?.hours.size ?? 0;
    this.kept.delete(seriesId);
  }
}

/** Hours since one, of all versions together. */
async function readHours(db: Database, seriesId: string, from: number): Promise<Map<number, PackedHour>> {
  const { rows } = await db.execute<{ hour: number; good: number[]; total: number[] }>(sql`
    select (extract(epoch from hour) * 1000)::float8 as hour, good, total from sli_hours
    where series_id = ${seriesId} and hour >= ${instantOf(from)}`);
  const byHour = Map.groupBy(rows, ({ hour }) => hour);
  return new Map([...byHour].map(([hour, versions]) => [hour, packed(versions)]));
}

function packed(versions: readonly { good: number[]; total: number[] }[]): PackedHour {
  const exact = new Float64Array(120);
  for (const { good, total } of versions) {
    for (let minute = 0; minute < 60; minute += 1) {
      exact[minute] = (exact[minute] as number) + (good[minute] ?? 0);
      exact[60 + minute] = (exact[60 + minute] as number) + (total[minute] ?? 0);
    }
  }
  return exact.every((count) => Math.fround(count) === count) ? Float32Array.from(exact) : exact;
}

function unpacked(hours: ReadonlyMap<number, PackedHour>, span: Span): MinuteCounts {
  const counts = emptyMinutes(span);
  for (const [hour, packed] of hours) {
    const at = Math.round((hour - counts.start) / minuteMs);
    const [first, end] = [Math.max(0, -at), Math.min(60, counts.total.length - at)];
    if (end <= first) continue;
    counts.good.set(packed.subarray(first, end), at + first);
    counts.total.set(packed.subarray(60 + first, 60 + end), at + first);
  }
  return counts;
}
