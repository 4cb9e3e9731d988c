import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertGroups, escalations } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import { decideEscalation, type EscalationChange } from "./decide-escalation.ts";
import { type GroupPaging, pageGroups, pagingGroups, readPagingFacts } from "./read-paging-facts.ts";
import { startEscalation } from "./start-escalation.ts";

/**
 * Lets the escalations of groups follow their state: the only place where they start, end before their end, and continue. In the
 * caller's transaction, which holds the rows of the groups, so that a change of a group and of its escalation are stored together.
 * @param now milliseconds since 1970
 * @returns how many were changed
 */
export async function reconcileEscalations(ctx: Context, groupIds: readonly string[], now: number): Promise<number> {
  if (groupIds.length === 0) return 0;
  const { workspaceId } = ctx.actor;
  const these = sql`one.workspace_id = ${workspaceId} and one.id = any(${sql.param([...groupIds])}::uuid[])
    and ${pagingGroups}`;
  let changed = 0;
  for (const facts of await readPagingFacts(ctx.db, these, now)) {
    if (await apply(ctx, facts, decideEscalation(facts, now), new Date(now))) changed += 1;
  }
  return changed;
}

/**
 * Reconciles all groups whose escalation does not follow their state, in every workspace: what time alone changes, and what a release
 * before this one left. Each in its own transaction. One that is being changed is left to the next pass.
 */
export async function reconcileAll(db: Database, now: number, attempt: Attempt): Promise<void> {
  const groups = await readPagingFacts(db, pageGroups, now);
  for (const facts of groups.filter((each) => isDeviating(each, now))) {
    const { workspaceId, groupId } = facts;
    await attempt({ id: `escalation ${groupId}`, workspaceId }, () =>
      transact(systemContext(db, workspaceId, "reconcile-escalations"), async (ctx) => {
        if (await lockGroupNow(ctx, groupId)) await reconcileEscalations(ctx, [groupId], now);
      }),
    );
  }
}

/** Whether the escalation of a group does not follow its state, and could. */
function isDeviating(facts: GroupPaging, now: number): boolean {
  const change = decideEscalation(facts, now);
  return change !== null && (change.do !== "open" || facts.canPage);
}

/** Locks a group unless someone else holds it. The group is locked before its escalation everywhere. @returns whether it did */
export async function lockGroupNow(ctx: Context, groupId: string): Promise<boolean> {
  const locked = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)))
    .for("update", { skipLocked: true });
  return locked.length > 0;
}

async function apply(ctx: Context, facts: GroupPaging, change: EscalationChange, now: Date): Promise<boolean> {
  if (change === null) return false;
  if (change.do === "open") {
    if (!facts.canPage) return false;
    const { groupId } = facts;
    const teamId = await teamOfGroup(ctx, facts);
    return (await startEscalation(ctx, { groupId, teamId, severity: "page" }, now)) !== null;
  }
  const id = facts.escalationId ?? "";
  const isThis = and(eq(escalations.id, id), eq(escalations.workspaceId, ctx.actor.workspaceId));
  const update = ctx.db.update(escalations);
  if (change.do === "end") {
    await update
      .set({ endedAt: now, ended: change.why, resumesAt: escalations.nextAt, nextAt: null })
      .where(and(isThis, isNull(escalations.endedAt)));
  } else if (change.do === "lapse") {
    await update.set({ lapsedAt: now, lapsed: change.why }).where(isThis);
  } else {
    // One that had reached its end stays there: its page is the same.
    await update
      .set({
        endedAt: sql`case when ${escalations.lapsedAt} is null then null else ${escalations.endedAt} end`,
        ended: sql`case when ${escalations.lapsedAt} is null then null else ${escalations.ended} end`,
        nextAt: sql`case when ${escalations.lapsedAt} is null then greatest(coalesce(${escalations.resumesAt}, ${now}), ${now}) end`,
        resumesAt: null,
        lapsedAt: null,
        lapsed: null,
      })
      .where(isThis);
  }
  await publish(ctx, "oncall", id);
  return true;
}

/** Returns the team that the alert names, or else the team responsible for its endpoint. */
async function teamOfGroup(
  ctx: Context,
  { teamId, endpointId }: Pick<GroupPaging, "teamId" | "endpointId">,
): Promise<string | null> {
  if (teamId || !endpointId) return teamId;
  return (await teamOf(ctx, { endpointId }))?.id ?? null;
}
