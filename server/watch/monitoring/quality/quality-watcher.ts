import { isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { endpoints } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findMonitor } from "../settings/queries.ts";
import { deleteOldMinutes, isByMinutes } from "./counts/minutes.ts";
import { recountEndpoint } from "./counts/recount-endpoint.ts";
import { pauseAfter } from "./pause-after.ts";
import { watchFairness, watchQuality } from "./watch/watch-quality.ts";

const pollMs = 15_000;
/** No more than a part of the time goes into one endpoint, so that a long log keeps no other waiting. */
const maxDelayMs = 10_000;
/** What is found of a day changes slowly; what is found of five minutes is looked for at every look. */
const settleMs = 5 * minuteMs;

/** Counts how answers met their labels, and holds that against what is promised. Several may run: an hour is counted by one at a time, and twice is the same as once. */
export class QualityRunner {
  private readonly db: Database;
  private readonly afterChange: AfterChange;
  private readonly looks = new Refresher("quality", pollMs, () => this.look());
  /** When an endpoint is looked at again, on the clock of performance.now(). */
  private dueAt = new Map<string, number>();
  private readonly settledAt = new Map<string, number>();
  private isStopping = false;

  /** @param afterChange what follows at once when a group of alerts stands differently */
  constructor(db: Database, afterChange: AfterChange) {
    this.db = db;
    this.afterChange = afterChange;
  }

  /** Nobody waits for the first look, which reads days of answers. */
  async start(): Promise<void> {
    void this.looks.start();
  }

  /** Begins no more hours; the one that is under way ends. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looks.stop();
  }

  async look(): Promise<void> {
    const live = await this.db
      .select({ id: endpoints.id, workspaceId: endpoints.workspaceId })
      .from(endpoints)
      .where(isNull(endpoints.archivedAt));
    this.dueAt = new Map([...this.dueAt].filter(([id]) => live.some((one) => one.id === id)));
    for (const { id, workspaceId } of live) {
      if (this.isStopping || (this.dueAt.get(id) ?? 0) > performance.now()) continue;
      const startedAt = performance.now();
      // One that cannot be counted keeps no other from it.
      const ctx = systemContext(this.db, workspaceId, "watch-quality");
      const isBrief = await this.lookAt(ctx, id).catch((cause: unknown) => {
        log.error("quality.not_counted", { endpointId: id, cause });
        return undefined;
      });
      const endedAt = performance.now();
      this.dueAt.set(id, endedAt + pauseAfter(isBrief, endedAt - startedAt));
    }
    await deleteOldMinutes(this.db, await databaseNow(this.db));
  }

  /** @returns whether it is watched by five minutes */
  private async lookAt(ctx: Context, endpointId: string): Promise<boolean> {
    const startedAt = performance.now();
    const isOver = () => this.isStopping || performance.now() - startedAt > maxDelayMs;
    const now = await databaseNow(this.db);
    const counted = await recountEndpoint(ctx, { endpointId, now, isOver });
    if (counted.length > 0) await publish(ctx, "monitoring", endpointId);
    const isBrief = isByMinutes((await findMonitor(ctx, endpointId)).settings);
    const isDue = now - (this.settledAt.get(endpointId) ?? 0) >= settleMs;
    if (isDue || isBrief) await watchQuality(ctx, endpointId, now, this.afterChange);
    if (isDue) await watchFairness(ctx, endpointId, now, this.afterChange);
    if (isDue) this.settledAt.set(endpointId, now);
    return isBrief;
  }
}
