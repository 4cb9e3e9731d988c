import { orUndefined } from "#app/_lib/or-undefined.ts";
import type { TimeRange } from "#components/serve/endpoints/time-range.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { listNewestArrivals, listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { listFeatureViewVersions, listViewSources } from "#server/develop/features/definitions/queries.ts";
import { listFeatureRejects, listMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import { getViewLineage } from "#server/develop/lineage/queries.ts";
import { getViewDrift } from "#server/watch/features/drift/queries.ts";
import { listViewFindings } from "#server/watch/features/findings/queries.ts";
import { getViewWatch } from "#server/watch/features/queries.ts";
import { getViewSkew } from "#server/watch/features/skew/queries.ts";

const maxWork = 5;
const maxFindings = 50;
const maxResolved = 5;

/** Reads what is known of a view besides its definition. A part that fails is undefined, so that one panel fails and not the page. */
export async function readViewPage(ctx: Context, view: string, range: Pick<TimeRange, "lengthMs">) {
  const to = new Date();
  const hourAgo = new Date(to.getTime() - hourMs);
  const from = new Date(to.getTime() - range.lengthMs);
  return {
    versions: await listFeatureViewVersions(ctx, view),
    lineage: await getViewLineage(ctx, view),
    sources: await listViewSources(ctx),
    freshness: (await listViewFreshness(ctx)).find((row) => row.view === view),
    arrivals: (await orUndefined("arrivals", () => listNewestArrivals(ctx, view))) ?? [],
    watch: await orUndefined("look-ups", () => getViewWatch(ctx, { view, from, to })),
    lastHour: await orUndefined("look-ups of the last hour", () => getViewWatch(ctx, { view, from: hourAgo, to })),
    openFindings: await orUndefined("open findings", async () => (await listViewFindings(ctx, { view })).findings),
    resolvedFindings: (await orUndefined("resolved findings", () => listResolved(ctx, view))) ?? [],
    skew: await orUndefined("skew", () => getViewSkew(ctx, { view })),
    drift: await orUndefined("drift", () => getViewDrift(ctx, { view })),
    work: (await orUndefined("materialisations", () => listMaterialisations(ctx, { view, limit: maxWork }))) ?? [],
    rejects: (await orUndefined("rejected rows", () => listFeatureRejects(ctx, { view }))) ?? [],
  };
}

/** Lists the last findings of a view that are no longer open, newest first. */
async function listResolved(ctx: Context, view: string) {
  const { findings } = await listViewFindings(ctx, { view, state: "all", limit: maxFindings });
  return findings.filter(({ closedAt }) => closedAt !== null).slice(0, maxResolved);
}

export type ViewPageData = Awaited<ReturnType<typeof readViewPage>>;
