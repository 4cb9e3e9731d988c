import type { Context } from "#server/base/context.ts";
import { findingKinds } from "#server/develop/tracking/health/constants.ts";
import { listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";

/** Reads the choices for the form of a rule. */
export async function readChoices(ctx: Context) {
  const [{ endpoints }, teams, runbooks, projects] = await Promise.all([
    listEndpoints(ctx),
    listTeams(ctx),
    listRunbooks(ctx),
    listLabelProjects(ctx),
  ]);
  const named = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ id, name }));
  return {
    endpoints: named(endpoints),
    teams: named(teams),
    runbooks: named(runbooks),
    findings: [...findingKinds],
    projects: named(projects.map(({ id, name }) => ({ id: String(id), name }))),
  };
}
