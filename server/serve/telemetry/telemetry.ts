import { hostname } from "node:os";
import { join } from "node:path";
import type { Database } from "#db/client.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { databaseError } from "../../base/database-error.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import type { CountKey } from "../windows/count-key.ts";
import { DatabaseClock } from "./database-clock.ts";
import type { FeatureStates, OpenFeatureStates } from "./feature-states.ts";
import { PredictionSpool } from "./prediction-spool.ts";
import { claimAbandonedSlots, claimSlot, type Slot } from "./slot.ts";
import { storePredictions, toLine } from "./store-predictions.ts";
import type { Observation } from "./window-counts.ts";
import { WindowSpool } from "./window-spool.ts";

/** On disk, for each gateway process: days of windows, and of predictions what a disk can spare. */
const limitBytes = { windows: 256 * 2 ** 20, predictions: 512 * 2 ** 20, states: 512 * 2 ** 20 };

/** Time between two searches for slots whose process has died. */
const searchMs = 5 * minuteMs;

interface Spool {
  slot: Slot;
  windows: WindowSpool;
  predictions: PredictionSpool;
  states: FeatureStates;
}

/** State of one kind of data that a gateway stores on disk until Postgres has it. */
interface SpoolState {
  bytes: number;
  limitBytes: number;
  /** Windows: requests whose counts were lost; predictions: records; states: rows whose features were not counted. */
  dropped: number;
}

export interface TelemetryState {
  /** For how long nothing could be stored; 0 when all is well. */
  behindSeconds: number;
  /** Whether the last write to a spool on disk failed. */
  hasDiskFailed: boolean;
  windows: SpoolState;
  predictions: SpoolState;
  states: SpoolState;
}

export interface TelemetryOptions {
  db: Database;
  /** Folder for the spools of all gateways that share it. */
  folder: string;
  flushSeconds: number;
  /** Returns the keys of the serving versions: counted as serving even without requests. */
  served(): CountKey[];
  /** Name of this machine; that of its host when left out. */
  machine?: string;
  /** Opens the states of features in the folder of a gateway. */
  openStates: OpenFeatureStates;
  /** Counter of features: before each flush it counts what is queued, and returns how many requests it dropped. */
  features?(): { settle(): void; dropped: number };
  /** Called whenever Postgres has everything counted before. */
  stored?(): void;
}

/** Counters and prediction log of one gateway process: on disk immediately, in Postgres every few seconds. */
export class Telemetry {
  /** Predictions that were lost: the spool was full, the disk failed, or Postgres refused them. */
  private droppedPredictions = 0;
  private hasPredictionFailed = false;
  private readonly diskFailures = new RepeatedEvent<{ cause: unknown }>((fields) =>
    log.error("prediction.not_spooled", fields),
  );
  private readonly drops = new RepeatedEvent<{ reason: string }>((fields) => log.error("prediction.dropped", fields));
  /** On the clock of performance.now(), like the time of the last search. */
  private storedAt = performance.now();
  private searchedAt = performance.now();
  private readonly clock = new DatabaseClock();
  private readonly options: TelemetryOptions;
  private readonly own: Spool;
  /** Spools of gateways that are permanently gone, until Postgres has their contents. */
  private left: Spool[];
  /** Requests, and rows of states, whose counts were lost in completed spools. */
  private droppedBefore = 0;
  private droppedStatesBefore = 0;
  private flushing: Promise<void> | undefined;
  private isBehind = false;
  private readonly timer: NodeJS.Timeout;

  constructor(options: TelemetryOptions) {
    this.options = options;
    const { folder } = options;
    this.own = this.openSpool(claimSlot(folder));
    this.left = claimAbandonedSlots(folder).map((slot) => this.openSpool(slot));
    this.timer = setInterval(() => void this.flush(), options.flushSeconds * 1000);
  }

  get gatewayId(): string {
    return this.own.slot.gatewayId;
  }

  /** States of features, which are on disk at each flush and in Postgres when their minute is over. */
  get states(): FeatureStates {
    return this.own.states;
  }

  /** Counts one completed request; on disk when the promise resolves. */
  observe(key: CountKey, observation: Observation): Promise<void> {
    return this.own.windows.add(key, observation);
  }

  /** Stores one prediction for the log; on disk when it returns. */
  keep(prediction: LoggedPrediction): void {
    try {
      const at = this.clock.corrected(prediction.at);
      const isSpooled = this.own.predictions.add(toLine(at === prediction.at ? prediction : { ...prediction, at }));
      this.hasPredictionFailed = false;
      if (isSpooled) {
        if (prediction.loggedReason === "sampled") this.own.windows.addSampled(countKeyOf(prediction));
        return;
      }
      this.drops.occur({ reason: "the spool is full" });
    } catch (cause) {
      this.hasPredictionFailed = true;
      this.diskFailures.occur({ cause });
    }
    this.droppedPredictions += 1;
  }

  /** Data on disk that waits for Postgres, and data lost since this process started. */
  get state(): TelemetryState {
    const spools = [this.own, ...this.left];
    const sum = (read: (spool: Spool) => number) => spools.reduce((total, spool) => total + read(spool), 0);
    return {
      behindSeconds: this.isBehind ? (performance.now() - this.storedAt) / 1000 : 0,
      hasDiskFailed: this.hasPredictionFailed || this.own.windows.hasDiskFailed,
      windows: {
        bytes: sum(({ windows }) => windows.bytes),
        limitBytes: limitBytes.windows,
        dropped: this.droppedBefore + sum(({ windows }) => windows.dropped),
      },
      predictions: {
        bytes: sum(({ predictions }) => predictions.waitingBytes),
        limitBytes: limitBytes.predictions,
        dropped: this.droppedPredictions,
      },
      states: {
        bytes: sum(({ states }) => states.bytes),
        limitBytes: limitBytes.states,
        dropped:
          this.droppedStatesBefore + sum(({ states }) => states.dropped) + (this.options.features?.().dropped ?? 0),
      },
    };
  }

  /** Sends what Postgres does not have. Never rejects: what cannot be sent stays on disk for the next time. */
  flush(): Promise<void> {
    this.flushing ??= this.send(false).finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /** Flushes everything, including the states of the current minute. */
  async flushAll(): Promise<void> {
    await this.flushing;
    this.flushing = this.send(true).finally(() => {
      this.flushing = undefined;
    });
    await this.flushing;
  }

  /** Sends the remaining data, as far as Postgres responds, and releases the folder. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flushAll();
    this.drops.flush();
    this.diskFailures.flush();
    for (const spool of [this.own, ...this.left]) closeSpool(spool);
  }

  private async send(isAll: boolean): Promise<void> {
    this.options.features?.().settle();
    this.findLeft();
    for (const key of this.options.served()) this.own.windows.touch(key);
    const spools = [this.own, ...this.left];
    try {
      // On disk first: Postgres may take nothing for days.
      for (const { states } of spools) await states.save();
      await this.clock.follow(this.options.db);
      await this.storeEach(spools, isAll);
      if (this.isBehind) log.info("telemetry.recovered");
      this.isBehind = false;
      this.storedAt = performance.now();
      this.options.stored?.();
    } catch (cause) {
      if (!this.isBehind) log.warn("telemetry.not_stored", { reason: databaseError(cause).message });
      this.isBehind = true;
    }
    const done = this.left.filter(
      (spool) => spool.windows.isEmpty && spool.predictions.isEmpty && spool.states.isEmpty,
    );
    for (const spool of done) {
      this.droppedBefore += spool.windows.dropped;
      this.droppedStatesBefore += spool.states.dropped;
      closeSpool(spool);
    }
    this.left = this.left.filter((spool) => !done.includes(spool));
  }

  /** Takes slots whose process has died since, so that their data does not wait for the next start. */
  private findLeft(): void {
    if (performance.now() - this.searchedAt < searchMs) return;
    this.searchedAt = performance.now();
    try {
      this.left.push(...claimAbandonedSlots(this.options.folder).map((slot) => this.openSpool(slot)));
    } catch (cause) {
      log.error("telemetry.slots_not_read", { cause });
    }
  }

  /** Stores each kind of data alone, so that a failure of one stops no other. @throws the first failure */
  private async storeEach(spools: readonly Spool[], isAll: boolean): Promise<void> {
    const { db } = this.options;
    const failures: unknown[] = [];
    const attempt = async (store: () => Promise<void>) => {
      try {
        await store();
      } catch (cause) {
        failures.push(cause);
      }
    };
    for (const { windows, predictions, states } of spools) {
      await attempt(() => windows.flush(db));
      await attempt(() =>
        predictions.drain(async (lines) => {
          this.droppedPredictions += await storePredictions(db, lines);
        }),
      );
      await attempt(() => states.store(db, isAll));
    }
    if (failures.length > 0) throw failures[0];
  }

  private openSpool(slot: Slot): Spool {
    const { now } = this.clock;
    const { machine = hostname(), openStates } = this.options;
    const windows = { now, machine, limitBytes: limitBytes.windows };
    return {
      slot,
      windows: new WindowSpool(join(slot.folder, "windows"), slot.gatewayId, windows),
      predictions: new PredictionSpool(join(slot.folder, "predictions"), limitBytes.predictions),
      states: openStates(join(slot.folder, "states"), slot.gatewayId, { limitBytes: limitBytes.states, now }),
    };
  }
}

function countKeyOf({ workspaceId, endpointId, versionId, arm, provider }: LoggedPrediction): CountKey {
  return { workspaceId, endpointId, versionId, arm, provider };
}

function closeSpool({ slot, windows, predictions, states }: Spool): void {
  windows.close();
  predictions.close();
  states.close();
  slot.release();
}
