import { alertEvents } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { CalledGroup } from "./find-group.ts";
import type { Told } from "./find-targets.ts";

interface Call {
  group: CalledGroup;
  /** Id of the escalation or of the person who was called by hand. */
  ref: string;
  /** From 1; left out where a person called somebody. */
  step?: number;
  steps?: number;
  round?: number;
  told: Told;
  actor?: string;
  note?: string;
}

/** Puts who was called into the log of the group's alerts and onto the timeline of its incident, in the caller's transaction. */
export async function noteCall(ctx: Context, { group, ref, told, actor, ...data }: Call): Promise<void> {
  await ctx.db.insert(alertEvents).values({
    workspaceId: ctx.actor.workspaceId,
    kind: "escalated",
    groupId: group.id,
    groupKey: group.groupKey,
    ruleKey: group.summary.ruleKey,
    ref,
    actor,
    data: {
      ...data,
      people: told.people.map(({ userId, name }) => ({ userId, name })),
      receivers: told.receivers.map(({ name }) => name),
      words: told.words,
    },
  });
}
