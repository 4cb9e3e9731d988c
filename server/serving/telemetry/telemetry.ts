import { join } from "node:path";
import type { Database } from "#db/client.ts";
import { log } from "#server/log.ts";
import { databaseError } from "./database-error.ts";
import { PredictionSpool } from "./prediction-spool.ts";
import { claimAbandonedSlots, claimSlot, type Slot } from "./slot.ts";
import { type LoggedPrediction, storePredictions, toLine } from "./store-predictions.ts";
import type { CountKey, Observation } from "./window-counts.ts";
import { WindowSpool } from "./window-spool.ts";

const predictionLimitBytes = 512 * 2 ** 20;

interface Spool {
  slot: Slot;
  windows: WindowSpool;
  predictions: PredictionSpool;
}

export interface TelemetryOptions {
  db: Database;
  /** Folder for the spools of all gateways that share it. */
  folder: string;
  flushSeconds: number;
  /** What is served now: counted as served even without requests. */
  served(): CountKey[];
}

/** Counters and prediction log of one gateway process: on disk at once, in Postgres every few seconds. */
export class Telemetry {
  /** Predictions that were dropped since the spool was full or the disk failed. */
  dropped = 0;
  private readonly options: TelemetryOptions;
  private readonly own: Spool;
  /** Spools of gateways that are gone for good, until Postgres has what is in them. */
  private left: Spool[];
  private flushing: Promise<void> | undefined;
  private isBehind = false;
  private readonly timer: NodeJS.Timeout;

  constructor(options: TelemetryOptions) {
    this.options = options;
    this.own = openSpool(claimSlot(options.folder));
    this.left = claimAbandonedSlots(options.folder).map(openSpool);
    this.timer = setInterval(() => void this.flush(), options.flushSeconds * 1000);
  }

  get gatewayId(): string {
    return this.own.slot.gatewayId;
  }

  /** Counts one answered request; on disk when the promise resolves. */
  observe(key: CountKey, observation: Observation): Promise<void> {
    return this.own.windows.add(key, observation);
  }

  /** Keeps one prediction for the log; on disk when it returns. */
  keep(prediction: LoggedPrediction): void {
    try {
      if (!this.own.predictions.add(toLine(prediction))) this.dropped += 1;
    } catch (cause) {
      this.dropped += 1;
      log.error("prediction.not_spooled", { cause });
    }
  }

  /** Sends what Postgres does not have. Never rejects: what cannot be sent stays on disk for the next time. */
  flush(): Promise<void> {
    this.flushing ??= this.send().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /** Sends the rest, as far as Postgres answers, and gives the folder back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
    for (const spool of [this.own, ...this.left]) closeSpool(spool);
  }

  private async send(): Promise<void> {
    for (const key of this.options.served()) this.own.windows.touch(key);
    try {
      for (const spool of [this.own, ...this.left]) await this.store(spool);
      if (this.isBehind) log.info("telemetry.caught_up");
      this.isBehind = false;
    } catch (cause) {
      if (!this.isBehind) log.warn("telemetry.not_stored", { reason: databaseError(cause).message });
      this.isBehind = true;
    }
    const done = this.left.filter((spool) => spool.windows.isEmpty && spool.predictions.isEmpty);
    for (const spool of done) closeSpool(spool);
    this.left = this.left.filter((spool) => !done.includes(spool));
  }

  private async store({ windows, predictions }: Spool): Promise<void> {
    await windows.flush(this.options.db);
    await predictions.drain((lines) => storePredictions(this.options.db, lines));
  }
}

function openSpool(slot: Slot): Spool {
  return {
    slot,
    windows: new WindowSpool(join(slot.folder, "windows"), slot.gatewayId),
    predictions: new PredictionSpool(join(slot.folder, "predictions"), predictionLimitBytes),
  };
}

function closeSpool({ slot, windows, predictions }: Spool): void {
  windows.close();
  predictions.close();
  slot.release();
}
