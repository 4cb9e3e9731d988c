import type { Context } from "#server/context.ts";
import { listTeams } from "#server/oncall/teams/queries.ts";
import { listRunbooks } from "#server/runbooks/queries.ts";
import { listEndpoints } from "#server/serving/endpoint-queries.ts";
import { findingKinds } from "#server/tracking/health/contract.ts";

/** What the form of a rule lets choose. */
export async function readChoices(ctx: Context) {
  const [{ endpoints }, teams, runbooks] = await Promise.all([listEndpoints(ctx), listTeams(ctx), listRunbooks(ctx)]);
  const named = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ id, name }));
  return { endpoints: named(endpoints), teams: named(teams), runbooks: named(runbooks), findings: [...findingKinds] };
}
