import { orUndefined } from "#app/_lib/or-undefined.ts";
import { userHref } from "#components/develop/features/user-href.ts";
import { ageNow, compareViews } from "#components/develop/features/view-state.ts";
import { correctedShareOf } from "#components/watch/features/corrected-share.ts";
import type { ViewRow } from "#components/watch/features/view-row.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { listFeatureViews } from "#server/develop/features/definitions/queries.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { listMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import type { ViewWatchSummary } from "#server/watch/features/contract.ts";
import { listViewFindings } from "#server/watch/features/findings/queries.ts";
import { listViewWatch } from "#server/watch/features/queries.ts";
import { listViewSkew } from "#server/watch/features/skew/queries.ts";

const maxFindings = 1000;

/** Reads all feature views with what is known of them, the worst first, and what materialises. Parts that fail are left out. */
export async function readViews(ctx: Context): Promise<{ rows: ViewRow[]; work: Materialisation[] }> {
  const views = await listFeatureViews(ctx);
  const freshness = new Map((await listViewFreshness(ctx)).map((row) => [row.view, row]));
  const watched = await orUndefined("look-ups of feature views", () => listViewWatch(ctx));
  const watchOf = new Map((watched?.views ?? []).map((row) => [row.view, row]));
  const lastHour = await orUndefined("look-ups of the last hour", () => listViewWatch(ctx, { from: hourAgo() }));
  const lastHourOf = new Map((lastHour?.views ?? []).map((row) => [row.view, row]));
  const open = await orUndefined("findings of feature views", () => listViewFindings(ctx, { limit: maxFindings }));
  const findingsOf = Map.groupBy(open?.findings ?? [], (finding) => finding.view);
  const work = (await orUndefined("materialisations", () => readWork(ctx))) ?? [];
  const skews = (await orUndefined("skew of feature views", () => listViewSkew(ctx))) ?? [];
  const skewOf = new Map(skews.map((row) => [row.view, row]));
  const rows = views.map((view): ViewRow => {
    const watch = watchOf.get(view.name);
    const fresh = freshness.get(view.name);
    const skew = skewOf.get(view.name);
    const own = work.find((one) => one.view === view.name);
    return {
      view,
      facts: {
        ageUs: ageNow(fresh?.ageUs ?? null, lastHourOf.get(view.name)?.ageMs.p95),
        ttlUs: view.ttlUs,
        lookUps: watch,
        correctedShare: correctedShareOf(skew?.true),
        materialisation: own && (own.state === "running" ? "running" : own.problem === null ? undefined : "on-hold"),
        openFindings: findingsOf.get(view.name),
      },
      servedAgeUs: servedAge(watch),
      materialised: own?.rowsTotal ? Math.min(1, own.rowsRead / own.rowsTotal) : null,
      users: (fresh?.users ?? []).map(({ kind, name }) => ({ name, href: userHref({ kind, name, digest: null }) })),
      lookUpsPerSecond: watch && watch.lookUps > 0 ? watch.lookUps / dayS : null,
      foundShare: watch && watch.lookUps > 0 ? watch.found / watch.lookUps : null,
      staleShare: watch && watch.lookUps > 0 ? watch.stale / watch.lookUps : null,
      skew: skew && skew.true.compared > 0 ? skew : null,
    };
  });
  return { rows: rows.sort((a, b) => compareViews(a.facts, b.facts)), work };
}

const dayS = 86_400;
const hourAgo = () => new Date(Date.now() - hourMs);

/** Materialisations that are queued or running. */
async function readWork(ctx: Context): Promise<Materialisation[]> {
  const running = await listMaterialisations(ctx, { state: "running" });
  return [...running, ...(await listMaterialisations(ctx, { state: "waiting" }))];
}

/** Age when it was looked up in the last day, which 95% of look-ups did not exceed. */
function servedAge(watch: ViewWatchSummary | undefined): number | null {
  const p95 = watch?.ageMs.p95 ?? null;
  return p95 === null ? null : p95 * 1000;
}
