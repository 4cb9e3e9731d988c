import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs } from "#server/durations.ts";
import type { MinuteCounts } from "../indicators/contract.ts";
import { emptyMinutes } from "../indicators/minute-counts.ts";
import { instantOf, minuteMs, type Span } from "../indicators/source.ts";
import { freshMs } from "./count-series.ts";

interface Kept {
  revision: number;
  /** Hours since then are here. */
  from: number;
  /** Up to when it was read: what is at most two hours older may have changed since. */
  readUntil: number;
  /** Good of sixty minutes, then total; by the start of the hour, of all versions together. Hours without anything are left out. */
  hours: Map<number, Float64Array>;
}

interface Asked {
  seriesId: string;
  /** Of sli_series: another one than before says that old hours changed. */
  revision: number;
  span: Span;
}

/** About a kilobyte each. */
const mostHours = 200_000;

/**
 * What was counted of series, in memory, so that looking at an SLO every few seconds reads its last hours alone. Series that were looked
 * at longest ago make room for others, and are read again when they are needed.
 */
export class SeriesMemory {
  private readonly kept = new Map<string, Kept>();

  /** Minutes of a series as of now; zeroes where nothing was counted. For whoever has checked that the series may be read. */
  async read(db: Database, { seriesId, revision, span }: Asked): Promise<MinuteCounts> {
    const known = this.kept.get(seriesId);
    const isWhole = known !== undefined && known.revision === revision && known.from <= span.from;
    const since = isWhole ? known.readUntil - freshMs - hourMs : span.from;
    const from = Math.floor(Math.max(span.from, since) / hourMs) * hourMs;
    const hours = isWhole ? known.hours : new Map<number, Float64Array>();
    for (const hour of hours.keys()) if (hour >= from || hour < span.from - hourMs) hours.delete(hour);
    for (const { hour, good, total } of await readHours(db, seriesId, from)) {
      const packed = hours.get(hour) ?? new Float64Array(120);
      hours.set(hour, packed);
      for (let minute = 0; minute < 60; minute += 1) {
        packed[minute] = (packed[minute] as number) + (good[minute] ?? 0);
        packed[60 + minute] = (packed[60 + minute] as number) + (total[minute] ?? 0);
      }
    }
    this.keep(seriesId, { revision, from: span.from, readUntil: span.to, hours });
    return unpacked(hours, span);
  }

  /** Hours in memory. */
  get size(): number {
    return [...this.kept.values()].reduce((sum, { hours }) => sum + hours.size, 0);
  }

  private keep(seriesId: string, kept: Kept): void {
    this.kept.delete(seriesId);
    this.kept.set(seriesId, kept);
    for (const oldest of this.kept.keys()) {
      if (this.size <= mostHours || oldest === seriesId) return;
      this.kept.delete(oldest);
    }
  }
}

async function readHours(db: Database, seriesId: string, from: number) {
  const { rows } = await db.execute<{ hour: number; good: number[]; total: number[] }>(sql`
    select (extract(epoch from hour) * 1000)::float8 as hour, good, total from sli_hours
    where series_id = ${seriesId} and hour >= ${instantOf(from)}`);
  return rows;
}

function unpacked(hours: ReadonlyMap<number, Float64Array>, span: Span): MinuteCounts {
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
