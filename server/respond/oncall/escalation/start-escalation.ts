import { and, count, eq, isNull } from "drizzle-orm";
import { escalationPolicies, escalations, schedules, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findTeam } from "../../../platform/teams/team-of.ts";
import { defaultPolicy, EscalationStep } from "./contract.ts";

/** Applicable policy: that of a team, or the default. */
interface Followed {
  policyId: string | null;
  policyName: string;
  steps: EscalationStep[];
  repeats: number;
}

/**
 * Starts to page people about a group, in the caller's transaction: with the policy of the team, or the default one. The worker executes
 * the first step immediately. Does nothing while the group has an active escalation, so repeated calls are safe.
 * @returns its id; null where one is active already, or no one could ever be paged since there is neither a team nor a schedule
 */
export async function startEscalation(
  ctx: Context,
  { groupId, teamId, severity }: { groupId: string; teamId: string | null; severity: string },
  now = new Date(),
): Promise<string | null> {
  const { workspaceId } = ctx.actor;
  const team = teamId ? await findTeam(ctx, teamId) : null;
  if (!team && !(await isSetUp(ctx))) return null;
  const { steps, ...policy } = await followed(ctx, team?.escalationPolicyId ?? null);
  const nextAt = new Date(now.getTime() + (steps[0]?.waitMinutes ?? 0) * minuteMs);
  const values = { workspaceId, groupId, ...policy, steps, teamId: team?.id ?? null, severity, startedAt: now, nextAt };
  const [row] = await ctx.db.insert(escalations).values(values).onConflictDoNothing().returning({ id: escalations.id });
  if (row) await publish(ctx, "oncall", row.id);
  return row?.id ?? null;
}

async function followed(ctx: Context, policyId: string | null): Promise<Followed> {
  const [row] = policyId
    ? await ctx.db
        .select()
        .from(escalationPolicies)
        .where(
          and(
            eq(escalationPolicies.workspaceId, ctx.actor.workspaceId),
            eq(escalationPolicies.id, policyId),
            isNull(escalationPolicies.archivedAt),
          ),
        )
    : [];
  if (!row) return { policyId: null, policyName: defaultPolicy.name, ...pick(defaultPolicy) };
  return {
    policyId: row.id,
    policyName: row.name,
    ...pick({ ...row, steps: EscalationStep.array().parse(row.steps) }),
  };
}

function pick({ steps, repeats }: { steps: EscalationStep[]; repeats: number }) {
  return { steps, repeats };
}

/** Returns whether the workspace has anyone to page: otherwise only the receivers of routes are notified. */
async function isSetUp(ctx: Context): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const [known] = await ctx.db
    .select({ total: count() })
    .from(schedules)
    .where(and(eq(schedules.workspaceId, workspaceId), isNull(schedules.archivedAt)));
  if ((known?.total ?? 0) > 0) return true;
  const [row] = await ctx.db
    .select({ total: count() })
    .from(teams)
    .where(and(eq(teams.workspaceId, workspaceId), isNull(teams.archivedAt)));
  return (row?.total ?? 0) > 0;
}
