import type { ViewRow } from "#components/develop/features/view-row.ts";
import { compareViews } from "#components/develop/features/view-state.ts";
import type { Context } from "#server/base/context.ts";
import { listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { listFeatureViews } from "#server/develop/features/definitions/queries.ts";

/** Reads all feature views with what is known of them, the worst first. */
export async function readViews(ctx: Context): Promise<ViewRow[]> {
  const views = await listFeatureViews(ctx);
  const freshness = new Map((await listViewFreshness(ctx)).map((row) => [row.view, row]));
  const rows = views.map((view): ViewRow => {
    const fresh = freshness.get(view.name);
    return {
      view,
      facts: { ageUs: fresh?.ageUs ?? null, ttlUs: view.ttlUs },
      users: (fresh?.users ?? []).map((name) => ({ name, href: undefined })),
      foundShare: null,
    };
  });
  return rows.sort((a, b) => compareViews(a.facts, b.facts));
}
