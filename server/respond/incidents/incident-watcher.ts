import { eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { incidents } from "#db/schema/index.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { watchIncident } from "./watch-incident.ts";

const everyMs = 15_000;

/**
 * Looks at each incident that goes on: counts its impact, takes over when it was really told, and calls it mitigated once its objectives
 * are met again. Several may run: each incident is looked at by one at a time. What goes wrong with one keeps no other.
 */
export class IncidentRunner {
  private readonly db: Database;
  private readonly looks = new Refresher("incidents", everyMs, () => this.look());

  constructor(db: Database) {
    this.db = db;
  }

  async start(): Promise<void> {
    await this.looks.start();
  }

  /** Begins no more looks; the one that is under way ends. */
  async stop(): Promise<void> {
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const due = await this.db
      .select({ id: incidents.id, workspaceId: incidents.workspaceId })
      .from(incidents)
      .where(inArray(incidents.state, ["triage", "active"]));
    for (const { id, workspaceId } of due) await this.lookAt(id, workspaceId);
  }

  private async lookAt(id: string, workspaceId: string): Promise<void> {
    const ctx = systemContext(this.db, workspaceId, "watch-incident");
    try {
      await transact(ctx, async (ctx) => {
        const [held] = await ctx.db
          .select({ number: incidents.number })
          .from(incidents)
          .where(eq(incidents.id, id))
          .for("no key update", { skipLocked: true });
        if (held) await watchIncident(ctx, held.number);
      });
    } catch (cause) {
      log.error("incident.watch_failed", { incidentId: id, cause });
    }
  }
}
