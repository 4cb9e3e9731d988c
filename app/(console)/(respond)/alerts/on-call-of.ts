import type { Context } from "#server/base/context.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import { listOnCallNow } from "#server/respond/oncall/schedules/queries.ts";

/** Returns a function that names the on-call engineer for a group's team: from the team's schedules, else from those without a team. */
export async function onCallOf(
  ctx: Context,
): Promise<(group: { summary: { teamId: string | null } }) => string | undefined> {
  const [indices, teams] = await Promise.all([listOnCallNow(ctx), listTeams(ctx)]);
  const nameOf = new Map(teams.map(({ id, name }) => [id, name]));
  return ({ summary: { teamId } }) => {
    const team = teamId === null ? null : (nameOf.get(teamId) ?? null);
    const own = team === null ? [] : indices.filter((onCall) => onCall.team === team);
    const requested = own.length > 0 ? own : indices.filter((onCall) => onCall.team === null);
    const names = requested.flatMap(({ now }) => now?.name ?? []);
    return names.length > 0 ? [...new Set(names)].join(", ") : undefined;
  };
}
