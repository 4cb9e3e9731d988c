import type { Choice } from "#components/watch/slo/form/slo-form.tsx";
import type { Context } from "#server/base/context.ts";
import { listFeatureViews } from "#server/develop/features/definitions/queries.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";

const most = 500;

/** Reads the choices for the fields of an SLO's form. */
export async function readFormChoices(ctx: Context) {
  const [{ endpoints }, views, teams, runbooks, { slos }] = await Promise.all([
    listEndpoints(ctx, { limit: most }),
    listFeatureViews(ctx),
    listTeams(ctx),
    listRunbooks(ctx),
    listSlos(ctx),
  ]);
  const named = (rows: readonly { id: string; name: string }[]): Choice[] =>
    rows.map(({ id, name }) => ({ value: id, label: name }));
  const parts = slos.filter(({ kind }) => kind !== "composite");
  return {
    endpoints: named(endpoints),
    views: named(views),
    teams: named(teams),
    runbooks: named(runbooks),
    slos: named(parts),
  };
}
