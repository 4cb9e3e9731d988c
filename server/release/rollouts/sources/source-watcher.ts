import type { Database } from "#db/client.ts";
import { rollouts } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { isActive } from "../../../develop/registry/versions/refuse-while-rolling-out.ts";
import { countSources } from "./count-sources.ts";

const pollMs = 1_000;
/** A rollout is counted every 5 s, and never for more than a twentieth of the time. */
const minPauseMs = 5_000;
const pausePerWork = 20;

/**
 * Counts for every rollout that is not over what gateways do not see: labels and business events. Beside the looks at the rollouts, so
 * that many labels hold up no rollback.
 */
export class SourceRunner {
  private readonly db: Database;
  private readonly counting = new Refresher("rollout-sources", pollMs, () => this.count());
  /** When a rollout is counted again, on the clock of performance.now(). */
  private dueAt = new Map<string, number>();

  constructor(db: Database) {
    this.db = db;
  }

  async start(): Promise<void> {
    await this.counting.start();
  }

  /** Begins no more; what is under way ends. */
  async stop(): Promise<void> {
    await this.counting.stop();
  }

  private async count(): Promise<void> {
    const active = await this.db
      .select({ id: rollouts.id, workspaceId: rollouts.workspaceId })
      .from(rollouts)
      .where(isActive);
    this.dueAt = new Map([...this.dueAt].filter(([id]) => active.some((one) => one.id === id)));
    for (const { id, workspaceId } of active) {
      if ((this.dueAt.get(id) ?? 0) > performance.now()) continue;
      await this.countOne(systemContext(this.db, workspaceId, "evaluate-rollout"), id);
    }
  }

  private async countOne(ctx: Context, id: string): Promise<void> {
    const startedAt = performance.now();
    // One that cannot be counted keeps no other from it; its guardrails wait for data.
    await countSources(ctx, id).catch((cause: unknown) => log.error("rollout.not_counted", { rolloutId: id, cause }));
    const endedAt = performance.now();
    this.dueAt.set(id, endedAt + Math.max(minPauseMs, pausePerWork * (endedAt - startedAt)));
  }
}
