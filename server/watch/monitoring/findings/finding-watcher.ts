import { and, isNull, ne } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { monitoringFindings } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { retellFindings } from "./retell-findings.ts";

const everyMs = minuteMs;

/**
 * Tells the alerts of open findings again in time, since alerts that nothing more is heard of end. Watchers need not look so often: a week of
 * drift is judged once. Several may run.
 */
export class FindingRunner {
  private readonly db: Database;
  private readonly afterChange: AfterChange;
  private readonly looks = new Refresher("findings", everyMs, () => this.look());

  /** @param afterChange what follows at once when a group of alerts stands differently */
  constructor(db: Database, afterChange: AfterChange) {
    this.db = db;
    this.afterChange = afterChange;
  }

  async start(): Promise<void> {
    void this.looks.start();
  }

  async stop(): Promise<void> {
    await this.looks.stop();
  }

  /** Every watcher with an open finding; one that fails keeps no other from it. */
  async look(now = Date.now()): Promise<void> {
    const { workspaceId, endpointId, watcher } = monitoringFindings;
    const due = await this.db
      .selectDistinct({ workspaceId, endpointId, watcher })
      .from(monitoringFindings)
      .where(and(isNull(monitoringFindings.closedAt), ne(monitoringFindings.severity, "note")));
    for (const { workspaceId, ...of } of due) {
      const ctx = systemContext(this.db, workspaceId, "retell-findings");
      await retellFindings(ctx, { ...of, now }, this.afterChange).catch((cause: unknown) =>
        log.error("findings.not_told_again", { ...of, cause }),
      );
    }
  }
}
