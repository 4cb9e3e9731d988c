import { and, asc, desc, eq, gt, inArray, isNull, ne } from "drizzle-orm";
import { alerts, gameDays, incidents, memberships, rollouts, sessions, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isActive as isActiveRollout } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { isActive as isActiveSession } from "#server/platform/identity/sessions/end-sessions.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { readSloBudget } from "#server/watch/slo/counting/read-slo-budget.ts";
import { findFreeze } from "#server/watch/slo/freezes/queries.ts";
import { findOnCall } from "../../oncall/schedules/find-on-call.ts";
import { limits } from "../contract.ts";
import { isOfInstallation, isOfRequests } from "../fault-kinds.ts";
import type { GameDayRow } from "../game-day-rows.ts";
import { findObjectives } from "../report/read-observed.ts";
import { findFaultProblem } from "./find-fault-problem.ts";
import type { PreconditionFacts } from "./preconditions.ts";
import { readRoutes } from "./read-routes.ts";

const maxNamed = 20;

/**
 * Reads what decides whether a game day may start now. Error budgets are counted now, as the budget gate does. The caller has checked
 * permissions. @param now milliseconds since 1970, on the database's clock
 */
export async function readPreconditionFacts(ctx: Context, day: GameDayRow, now: number): Promise<PreconditionFacts> {
  const { endpointId, fault } = day;
  const endpoint = await findEndpointById(ctx, endpointId);
  const deployment = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  const objectives = await findObjectives(ctx, endpointId);
  const budgets: { sloId: string; name: string; remaining: number | null }[] = [];
  for (const slo of objectives) {
    const { remaining } = await readSloBudget(ctx, slo, now);
    budgets.push({ sloId: slo.id, name: slo.definition.displayName || slo.name, remaining });
  }
  const owner = await readOwner(ctx, day.ownerId);
  const [onCall] = await findOnCall(ctx, { endpointId }, new Date(now));
  const isForbidden = isOfInstallation(fault) && !owner.isInstanceAdmin;
  return {
    now,
    endpoint: {
      name: endpoint.name,
      isArchived: endpoint.archivedAt !== null,
      isServing: deployment !== undefined && endpoint.unloadedAt === null,
    },
    isFrozen: (await findFreeze(ctx, endpointId)) !== undefined,
    isRollingOut: await isRollingOut(ctx, endpointId),
    incidents: await openIncidents(ctx, endpointId),
    pages: await countPages(ctx, endpointId, now),
    budgets,
    otherGameDay: await findOther(ctx, day.id),
    owner,
    onCall: onCall ? { id: onCall.userId, name: onCall.name } : null,
    routes: await readRoutes(ctx, endpoint, objectives, now),
    share: isOfRequests(fault) ? { share: day.share, max: owner.isAdmin ? limits.adminShare : limits.share } : null,
    faultProblem: isForbidden
      ? "This fault affects all workspaces. Its owner must be an admin of the first workspace."
      : await findFaultProblem(ctx, fault, endpointId),
  };
}

/** Whether a rollout runs on an endpoint. */
export async function isRollingOut(ctx: Context, endpointId: string): Promise<boolean> {
  const ofEndpoint = and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.endpointId, endpointId));
  return (await ctx.db.$count(rollouts, and(ofEndpoint, isActiveRollout))) > 0;
}

async function openIncidents(ctx: Context, endpointId: string): Promise<number[]> {
  const rows = await ctx.db
    .select({ number: incidents.number })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        eq(incidents.endpointId, endpointId),
        inArray(incidents.state, ["triage", "active", "mitigated"]),
      ),
    )
    .orderBy(asc(incidents.number))
    .limit(maxNamed);
  return rows.map(({ number }) => number);
}

function countPages(ctx: Context, endpointId: string, now: number): Promise<number> {
  return ctx.db.$count(
    alerts,
    and(
      eq(alerts.workspaceId, ctx.actor.workspaceId),
      eq(alerts.endpointId, endpointId),
      eq(alerts.severity, "page"),
      eq(alerts.isSettled, false),
      gt(alerts.endsAt, new Date(now)),
    ),
  );
}

async function findOther(ctx: Context, id: string): Promise<number | null> {
  const [other] = await ctx.db
    .select({ number: gameDays.number })
    .from(gameDays)
    .where(and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.state, "running"), ne(gameDays.id, id)));
  return other?.number ?? null;
}

/** Reads the owner as the caller would be: what one may plan depends on the role. */
async function readOwner(ctx: Context, ownerId: string) {
  const { workspaceId } = ctx.actor;
  const [person] = await ctx.db
    .select({ name: users.name, role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, ownerId), isNull(memberships.disabledAt)),
    );
  if (!person) return { name: "The owner", isMember: false, seenAt: null, isAdmin: false, isInstanceAdmin: false };
  const [session] = await ctx.db
    .select({ lastSeenAt: sessions.lastSeenAt })
    .from(sessions)
    .where(and(eq(sessions.userId, ownerId), isActiveSession()))
    .orderBy(desc(sessions.lastSeenAt))
    .limit(1);
  const { name, role } = person;
  const actor = { kind: "user" as const, id: ownerId, name, workspaceId, role };
  return {
    name,
    isMember: true,
    seenAt: session?.lastSeenAt.getTime() ?? null,
    isAdmin: role === "admin",
    isInstanceAdmin: await isInstanceAdmin({ db: ctx.db, actor }),
  };
}
