import { and, eq, isNull } from "drizzle-orm";
import { teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Team, UpdateTeam } from "./contract.ts";
import { noTeam, readTeam } from "./queries.ts";
import { refuseTeam, shownTeam, writeParts } from "./write-team.ts";

/**
 * Updates the given fields and keeps the rest. Named models and endpoints move to this team; those removed from a given list have
 * no owner.
 * @throws DomainError "not-found", "conflict" for a name that is taken
 */
export async function updateTeam(ctx: Context, input: UpdateTeam): Promise<Team> {
  permit(ctx, "updateTeam");
  const { teamId, members, models, endpoints, ...texts } = UpdateTeam.parse(input);
  return transact(ctx, async (ctx) => {
    const isIt = and(eq(teams.id, teamId), eq(teams.workspaceId, ctx.actor.workspaceId), isNull(teams.archivedAt));
    const [row] = await ctx.db.select({ id: teams.id }).from(teams).where(isIt).for("update");
    if (!row) throw noTeam();
    const before = await readTeam(ctx, teamId);
    await refuseTeam(ctx, texts, teamId);
    if (Object.values(texts).some((value) => value !== undefined)) await ctx.db.update(teams).set(texts).where(isIt);
    await writeParts(ctx, teamId, { members, models, endpoints });
    const after = await readTeam(ctx, teamId);
    await record(ctx, "team.updated", {
      subject: `team/${after.name}`,
      before: shownTeam(before),
      after: shownTeam(after),
    });
    await publish(ctx, "oncall", teamId);
    return after;
  });
}
