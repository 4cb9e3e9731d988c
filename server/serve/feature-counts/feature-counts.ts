import type { Database } from "#db/client.ts";
import { databaseError } from "#server/base/database-error.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import type { LookUpAnswer } from "#server/develop/features/contract.ts";
import { claimAbandonedSlots, claimSlot, type Slot } from "../telemetry/slot.ts";
import { AgeLimits } from "./age-limits.ts";
import { readCounts, removeCounts, writeCounts } from "./counts-file.ts";
import { countViewAnswer, emptyFeatureMinute, type FeatureMinute } from "./feature-minute.ts";
import { countResults, resultsOf } from "./look-up-metrics.ts";
import { storeFeatureMinutes } from "./store-feature-minutes.ts";

interface FeatureCountsOptions {
  db: Database;
  /** Folder for the counts of all processes of a role that share it. */
  folder: string;
  flushSeconds: number;
}

/** Minutes in memory and on disk while Postgres is away, one per view and consumer: about 10 MB. Beyond them, the oldest go. */
const maxMinutes = 20_000;
/** A minute stays in memory for so long after it was stored, for look-ups that ended late and clocks that were set back. */
const stayMs = 5 * minuteMs;

interface Entry {
  counts: FeatureMinute;
  limits: readonly number[];
  /** Revision of the limits. */
  limitsRevision: number;
  /** Look-ups and rejected rows that Postgres has. */
  stored: number;
}

/** Minutes of a process that is gone. */
interface Left {
  slot: Slot;
  minutes: FeatureMinute[];
}

/**
 * Counts the look-ups of a role by view, consumer and minute: in memory at once, on disk and in Postgres every few seconds. What was counted is
 * lost only if the process is killed within these seconds. Minutes are those of the database's clock, by which look-ups judge ages.
 */
export class FeatureCounts {
  private readonly db: Database;
  private readonly slot: Slot;
  private left: Left[];
  private readonly minutes = new Map<number, Map<string, Entry>>();
  private readonly limits = new AgeLimits();
  private limitsRevision = 0;
  private size = 0;
  /** Start of the earliest minute that may still change. */
  private floor: number;
  /** The latest minute in which something was counted. */
  private latest = 0;
  private hasChanged = false;
  private flushing: Promise<void> | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly drops = new RepeatedEvent<{ reason: string }>((fields) =>
    log.error("feature-counts.dropped", fields),
  );
  private readonly failures = new RepeatedEvent<{ reason: string }>((fields) =>
    log.warn("feature-counts.not_stored", fields),
  );
  /** Look-ups whose counts were lost. */
  dropped = 0;

  constructor({ db, folder, flushSeconds }: FeatureCountsOptions) {
    this.db = db;
    this.slot = claimSlot(folder);
    const kept = readCounts(this.slot.folder);
    this.floor = kept.floor;
    for (const counts of kept.minutes) this.add(counts);
    this.left = claimAbandonedSlots(folder).map((slot) => ({ slot, minutes: readCounts(slot.folder).minutes }));
    this.timer = setInterval(() => void this.flush(), flushSeconds * 1000).unref();
  }

  /**
   * Counts what a look-up found.
   * @param consumer id of the endpoint that looked up; empty for clients
   */
  lookedUp(workspaceId: string, answer: Pick<LookUpAnswer, "views" | "columns" | "servedAt">, consumer = ""): void {
    const minute = this.minuteOf(answer.servedAt / 1000);
    for (const view of answer.views) {
      const entry = this.entry({ workspaceId, viewId: view.viewId, consumer, minute });
      const before = resultsOf(entry.counts);
      countViewAnswer(entry.counts, answer, view, this.limitsOf(entry));
      countResults(view.view, before, entry.counts);
    }
    this.hasChanged = true;
  }

  /** Counts rows that were refused because a cell broke the contract of their view. @param at milliseconds since 1970 */
  rejected(workspaceId: string, viewId: string, rows: number, at = Date.now()): void {
    this.entry({ workspaceId, viewId, consumer: "", minute: this.minuteOf(at) }).counts.rejected += rows;
    this.hasChanged = true;
  }

  /** Sends what Postgres does not have. Never rejects: what cannot be sent stays for the next time. */
  flush(): Promise<void> {
    this.flushing ??= this.send().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /** Sends the rest, as far as Postgres responds, and leaves what it did not take on disk. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
    this.save();
    this.drops.flush();
    this.failures.flush();
    for (const { release } of [this.slot, ...this.left.map(({ slot }) => slot)]) release();
  }

  private async send(): Promise<void> {
    // On disk first: what Postgres has must not exceed what the next process finds here.
    this.save();
    try {
      await this.limits.refresh(this.db);
      this.limitsRevision += 1;
      await this.store();
      await this.storeLeft();
    } catch (cause) {
      this.failures.occur({ reason: databaseError(cause).message });
    }
  }

  private async store(): Promise<void> {
    const entries = [...this.minutes.values()].flatMap((ofMinute) => [...ofMinute.values()]);
    const changed = entries.filter((entry) => entry.stored < changesOf(entry.counts));
    const sent = changed.map((entry) => ({ entry, counts: structuredClone(entry.counts) }));
    const { rejected, reason } = await storeFeatureMinutes(
      this.db,
      this.slot.gatewayId,
      sent.map(({ counts }) => counts),
    );
    if (rejected.length > 0) this.drop(rejected, reason);
    for (const { entry, counts } of sent) entry.stored = changesOf(counts);
    this.evict();
  }

  /** Drops minutes that Postgres has and that nothing changes any more. */
  private evict(): void {
    for (const [minute, entries] of this.minutes) {
      if (minute > this.latest - stayMs) continue;
      if ([...entries.values()].some((entry) => entry.stored < changesOf(entry.counts))) continue;
      this.remove(minute);
    }
  }

  private async storeLeft(): Promise<void> {
    for (const left of [...this.left]) {
      const { slot, minutes } = left;
      const { rejected, reason } = await storeFeatureMinutes(this.db, slot.gatewayId, minutes);
      if (rejected.length > 0) this.drop(rejected, reason);
      removeCounts(slot.folder);
      slot.release();
      this.left = this.left.filter((other) => other !== left);
    }
  }

  private save(): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    const minutes = [...this.minutes.values()].flatMap((entries) => [...entries.values()].map(({ counts }) => counts));
    try {
      writeCounts(this.slot.folder, { floor: this.floor, minutes });
    } catch (cause) {
      this.hasChanged = true;
      this.failures.occur({ reason: (cause as Error).message });
    }
  }

  /** Returns the minute that a time counts in. A clock that was set back counts in the earliest that may change. */
  private minuteOf(atMs: number): number {
    const minute = Math.max(this.floor, Math.floor(atMs / minuteMs) * minuteMs);
    this.latest = Math.max(this.latest, minute);
    return minute;
  }

  private entry(key: Pick<FeatureMinute, "workspaceId" | "viewId" | "consumer" | "minute">): Entry {
    const known = this.minutes.get(key.minute)?.get(`${key.viewId} ${key.consumer}`);
    return known ?? this.add(emptyFeatureMinute(key));
  }

  private add(counts: FeatureMinute): Entry {
    const { minute, viewId, consumer } = counts;
    const entry: Entry = { counts, limits: [], limitsRevision: -1, stored: 0 };
    const entries = this.minutes.get(minute) ?? new Map<string, Entry>();
    this.minutes.set(minute, entries);
    entries.set(`${viewId} ${consumer}`, entry);
    this.size += 1;
    this.latest = Math.max(this.latest, minute);
    while (this.size > maxMinutes && this.minutes.size > 1) this.dropOldest();
    return entry;
  }

  private limitsOf(entry: Entry): readonly number[] {
    if (entry.limitsRevision !== this.limitsRevision) {
      entry.limits = this.limits.of(entry.counts);
      entry.limitsRevision = this.limitsRevision;
    }
    return entry.limits;
  }

  private dropOldest(): void {
    const oldest = Math.min(...this.minutes.keys());
    const waiting = [...(this.minutes.get(oldest)?.values() ?? [])].filter(
      (entry) => entry.stored < changesOf(entry.counts),
    );
    this.drop(
      waiting.map(({ counts }) => counts),
      "too many minutes wait for Postgres",
    );
    this.remove(oldest);
  }

  private remove(minute: number): void {
    this.size -= this.minutes.get(minute)?.size ?? 0;
    this.minutes.delete(minute);
    this.floor = Math.max(this.floor, minute + minuteMs);
    this.hasChanged = true;
  }

  private drop(minutes: readonly FeatureMinute[], reason: string): void {
    for (const { lookUps } of minutes) this.dropped += lookUps;
    if (minutes.length > 0) this.drops.occur({ reason });
  }
}

/** What only grows when a minute changes. */
function changesOf({ lookUps, rejected }: FeatureMinute): number {
  return lookUps + rejected;
}
