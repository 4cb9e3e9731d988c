import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** Postgres channel on which roles tell each other what changed. */
export const eventChannel = "leeway_events";

/** Notification of a change. A listener refetches; the event itself carries no data. */
export interface ChangeEvent {
  workspaceId: string;
  topic:
    | "run"
    | "experiment"
    | "model"
    | "dataset"
    | "evaluation"
    | "features"
    | "endpoint"
    | "routes"
    | "tasks"
    | "deliveries"
    | "rollout"
    | "slo"
    | "alert"
    | "notification"
    | "oncall"
    | "incident"
    | "monitoring"
    | "cost"
    | "report"
    | "labels"
    | "training"
    | "training-log"
    | "retraining"
    | "game-days"
    | "settings";
  id: string;
}

/** Notifies every role of a change when the caller's transaction commits. */
export async function publish(ctx: Context, topic: ChangeEvent["topic"], id: string): Promise<void> {
  await publishAll(ctx, topic, [id]);
}

/** Notifies every role of changes of one kind, in one statement. */
export async function publishAll(ctx: Context, topic: ChangeEvent["topic"], ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { workspaceId } = ctx.actor;
  const events = ids.map((id) => JSON.stringify({ workspaceId, topic, id } satisfies ChangeEvent));
  await ctx.db.execute(
    sql`select pg_notify(${eventChannel}, event) from unnest(${sql.param(events)}::text[]) as event`,
  );
}
