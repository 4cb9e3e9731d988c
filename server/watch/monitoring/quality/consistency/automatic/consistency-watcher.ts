import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { evaluatedAtMs } from "./served-pair.ts";
import { watchConsistency } from "./watch-consistency.ts";

const pollMs = minuteMs;

/**
 * Has versions that begin to serve compared with those before. Several may run: each comparison is asked for once, and what goes wrong at one endpoint
 * keeps no other from it.
 */
export class ConsistencyRunner {
  private readonly db: Database;
  private readonly afterChange: AfterChange;
  private readonly looks = new Refresher("consistency", pollMs, () => this.look());
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

  /** @param now milliseconds since 1970 */
  async look(now = Date.now()): Promise<void> {
    for (const { id, workspaceId } of await this.changed(now)) {
      if (this.isStopping) return;
      const ctx = systemContext(this.db, workspaceId, "watch-consistency");
      await watchConsistency(ctx, id, now, this.afterChange).catch((cause: unknown) =>
        log.error("consistency.not_looked_at", { endpointId: id, cause }),
      );
    }
  }

  /** Endpoints where something began to serve lately or rolls out, and those with an open finding, which may be over. */
  private async changed(now: number): Promise<{ id: string; workspaceId: string }[]> {
    const since = new Date(now - evaluatedAtMs).toISOString();
    const { rows } = await this.db.execute<{ id: string; workspaceId: string }>(sql`
      select id, workspace_id as "workspaceId" from endpoints
      where archived_at is null and (
        exists (select from deployments where endpoint_id = endpoints.id and deployed_at >= ${since}::timestamptz)
        or exists (select from rollouts where endpoint_id = endpoints.id and phase in ('starting', 'stepping', 'watching'))
        or exists (select from monitoring_findings where endpoint_id = endpoints.id and watcher = 'consistency' and closed_at is null))
      order by id`);
    return rows;
  }
}
