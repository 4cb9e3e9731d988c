import { and, eq, exists, isNull, lte, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, endpoints, monitoringMarks } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { databaseError } from "#server/base/database-error.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { type DayEvaluation, watchIntegrity } from "./watch-integrity.ts";

const pollMs = 10_000;
/** Each endpoint is looked at so often: gateways count by minutes. */
const everyMs = minuteMs;
const mark = "integrity";

/**
 * Looks at the data of every endpoint that serves about once a minute. Several may run: who takes an endpoint marks it first. What goes wrong
 * with one keeps no other from it, and leaves its findings as they are.
 */
export class IntegrityRunner {
  private readonly db: Database;
  private readonly afterChange: AfterChange;
  private readonly looks = new Refresher("integrity", pollMs, () => this.look());
  /** Read anew after a start, and once an hour. */
  private readonly days = new Map<string, DayEvaluation>();
  /** Told in the log once, until it works again. */
  private readonly failing = new Set<string>();
  private isStopping = false;

  /** @param afterChange what follows at once when a group of alerts stands differently */
  constructor(db: Database, afterChange: AfterChange) {
    this.db = db;
    this.afterChange = afterChange;
  }

  async start(): Promise<void> {
    void this.looks.start();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looks.stop();
  }

  /** All that is due. */
  async look(now = Date.now()): Promise<void> {
    const isServing = exists(
      this.db.select({ one: sql`1` }).from(deployments).where(eq(deployments.endpointId, endpoints.id)),
    );
    const serving = await this.db
      .select({ id: endpoints.id, workspaceId: endpoints.workspaceId })
      .from(endpoints)
      .where(and(isNull(endpoints.archivedAt), isNull(endpoints.unloadedAt), isServing));
    for (const { id, workspaceId } of serving) {
      if (this.isStopping) return;
      if (await this.take(id, workspaceId, now)) await this.watch(id, workspaceId, now);
    }
    const known = new Set(serving.map(({ id }) => id));
    for (const id of this.days.keys()) if (!known.has(id)) this.days.delete(id);
  }

  /** @returns whether it was its turn, and nobody else took it */
  private async take(endpointId: string, workspaceId: string, now: number): Promise<boolean> {
    const at = new Date(now);
    const taken = await this.db
      .insert(monitoringMarks)
      .values({ workspaceId, endpointId, name: mark, at })
      .onConflictDoUpdate({
        target: [monitoringMarks.endpointId, monitoringMarks.name],
        set: { at },
        setWhere: lte(monitoringMarks.at, new Date(now - everyMs)),
      })
      .returning({ at: monitoringMarks.at });
    return taken.length > 0;
  }

  private async watch(endpointId: string, workspaceId: string, now: number): Promise<void> {
    try {
      const ctx = systemContext(this.db, workspaceId, "watch-integrity");
      const { day } = await watchIntegrity(
        ctx,
        endpointId,
        { now, before: this.days.get(endpointId) },
        this.afterChange,
      );
      if (day) this.days.set(endpointId, day);
      else this.days.delete(endpointId);
      this.failing.delete(endpointId);
    } catch (cause) {
      if (!this.failing.has(endpointId)) {
        log.error("integrity.not_looked_at", { endpointId, reason: databaseError(cause).message, cause });
      }
      this.failing.add(endpointId);
    }
  }
}
