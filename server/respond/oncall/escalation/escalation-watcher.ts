import { asc, lte } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { escalations } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { runEscalationStep } from "./run-step.ts";

/** Steps fall due without a word; what begins is heard of at once. */
const pollMs = 1_000;
const maxConcurrent = 200;

interface EscalationRunnerDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/** Takes steps of escalations when they are due. Several may run: each step is taken by one of them, and what one left another goes on with. */
export class EscalationRunner {
  private readonly deps: EscalationRunnerDependencies;
  private readonly looks = new Refresher("escalations", pollMs, () => this.look());
  private readonly unsubscribe: () => void;

  constructor(deps: EscalationRunnerDependencies) {
    this.deps = deps;
    this.unsubscribe = deps.feed.subscribe((heard) => {
      if (heard === "missed" || heard.topic === "oncall") void this.looks.now();
    });
  }

  async start(): Promise<void> {
    await this.looks.start();
  }

  /** Takes no more steps; the one that is under way ends. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const due = await this.deps.db
      .select({ id: escalations.id, workspaceId: escalations.workspaceId })
      .from(escalations)
      .where(lte(escalations.nextAt, new Date()))
      .orderBy(asc(escalations.nextAt))
      .limit(maxConcurrent);
    for (const { id, workspaceId } of due) {
      const ctx = systemContext(this.deps.db, workspaceId, "take-escalation-step");
      await runEscalationStep(ctx, id).catch((cause: unknown) => {
        log.error("escalation.step_failed", { escalationId: id, cause });
      });
    }
  }
}
