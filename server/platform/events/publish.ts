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
    | "settings";
  id: string;
}

/** Notifies every role of a change when the caller's transaction commits. */
export async function publish(ctx: Context, topic: ChangeEvent["topic"], id: string): Promise<void> {
  const event: ChangeEvent = { workspaceId: ctx.actor.workspaceId, topic, id };
  await ctx.db.execute(sql`select pg_notify(${eventChannel}, ${JSON.stringify(event)})`);
}
