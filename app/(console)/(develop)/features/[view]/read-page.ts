import { orUndefined } from "#app/_lib/or-undefined.ts";
import type { TimeRange } from "#components/serve/endpoints/time-range.ts";
import type { Context } from "#server/base/context.ts";
import { listNewestArrivals, listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { listFeatureViewVersions } from "#server/develop/features/definitions/queries.ts";
import { listFeatureRejects, listMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import { getViewLineage } from "#server/develop/lineage/queries.ts";
import { getViewDrift } from "#server/watch/features/drift/queries.ts";
import { getViewWatch } from "#server/watch/features/queries.ts";
import { getViewSkew } from "#server/watch/features/skew/queries.ts";

const maxWork = 5;

/** Reads what is known of a view besides its definition. A part that fails is undefined, so that one panel fails and not the page. */
export async function readViewPage(ctx: Context, view: string, range: Pick<TimeRange, "lengthMs">) {
  const to = new Date();
  const from = new Date(to.getTime() - range.lengthMs);
  return {
    versions: await listFeatureViewVersions(ctx, view),
    lineage: await getViewLineage(ctx, view),
    freshness: (await listViewFreshness(ctx)).find((row) => row.view === view),
    arrivals: (await orUndefined("arrivals", () => listNewestArrivals(ctx, view))) ?? [],
    watch: await orUndefined("look-ups", () => getViewWatch(ctx, { view, from, to })),
    skew: await orUndefined("skew", () => getViewSkew(ctx, { view })),
    drift: await orUndefined("drift", () => getViewDrift(ctx, { view })),
    work: (await orUndefined("materialisations", () => listMaterialisations(ctx, { view, limit: maxWork }))) ?? [],
    rejects: (await orUndefined("rejected rows", () => listFeatureRejects(ctx, { view }))) ?? [],
  };
}

export type ViewPageData = Awaited<ReturnType<typeof readViewPage>>;
