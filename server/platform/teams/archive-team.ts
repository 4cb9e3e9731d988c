import { and, eq, isNull } from "drizzle-orm";
import { schedules, teamEndpoints, teamModels, teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchiveTeam } from "./contract.ts";
import { noTeam } from "./queries.ts";

/**
 * Archives a team. What it owned has no owner, and its schedules belong to no team; ongoing escalations continue as they started.
 * @throws DomainError "not-found"
 */
export async function archiveTeam(ctx: Context, input: ArchiveTeam): Promise<void> {
  permit(ctx, "archiveTeam");
  const { teamId, reason } = ArchiveTeam.parse(input);
  await transact(ctx, async (ctx) => {
    const [team] = await ctx.db
      .update(teams)
      .set({ archivedAt: new Date() })
      .where(and(eq(teams.id, teamId), eq(teams.workspaceId, ctx.actor.workspaceId), isNull(teams.archivedAt)))
      .returning({ name: teams.name });
    if (!team) throw noTeam();
    await ctx.db.delete(teamModels).where(eq(teamModels.teamId, teamId));
    await ctx.db.delete(teamEndpoints).where(eq(teamEndpoints.teamId, teamId));
    await ctx.db.update(schedules).set({ teamId: null }).where(eq(schedules.teamId, teamId));
    await record(ctx, "team.archived", { subject: `team/${team.name}`, ...(reason && { reason }) });
    await publish(ctx, "oncall", teamId);
  });
}
