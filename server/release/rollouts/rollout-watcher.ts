import { asc, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { rollouts } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { isActive } from "../../develop/registry/versions/refuse-while-rolling-out.ts";
import { evaluateRollout } from "./evaluate-rollout.ts";
import { holdFailed } from "./hold-failed.ts";

/** Counts come in without a word; what people do is heard of at once. */
const pollMs = 1_000;

interface RolloutRunnerDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/**
 * Looks at every rollout that is not over, once a second and when one changed. Several may run: each rollout is looked at by one at a
 * time, and without any of them nothing goes on. What goes wrong with one rollout holds that one.
 */
export class RolloutRunner {
  private readonly deps: RolloutRunnerDependencies;
  private readonly looks = new Refresher("rollouts", pollMs, () => this.look());
  private readonly unsubscribe: () => void;

  constructor(deps: RolloutRunnerDependencies) {
    this.deps = deps;
    this.unsubscribe = deps.feed.subscribe((heard) => {
      if (heard === "missed" || heard.topic === "rollout") void this.looks.now();
    });
  }

  async start(): Promise<void> {
    await this.looks.start();
  }

  /** Begins no more looks; the one that is under way ends. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const { db } = this.deps;
    // Whichever waited longest is first, also where one takes long.
    const due = await db
      .select({ id: rollouts.id, workspaceId: rollouts.workspaceId })
      .from(rollouts)
      .where(isActive)
      .orderBy(sql`${rollouts.evaluatedAt} nulls first`, asc(rollouts.id));
    for (const { id, workspaceId } of due) await this.lookAt(id, workspaceId);
  }

  private async lookAt(id: string, workspaceId: string): Promise<void> {
    const ctx = systemContext(this.deps.db, workspaceId, "evaluate-rollout");
    try {
      await evaluateRollout(ctx, id);
    } catch (cause) {
      log.error("rollout.evaluation_failed", { rolloutId: id, cause });
      await holdFailed(ctx, id).catch((cause: unknown) => log.error("rollout.not_held", { rolloutId: id, cause }));
    }
  }
}
