import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { describeFit, fitRange, momentsOf, shownRange } from "#components/serve/endpoints/fit-range.ts";
import { resolveSince } from "#components/serve/endpoints/time-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { formatPercent, plural } from "#components/ui/format.ts";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type EndpointView, EndpointViewsTable } from "#components/watch/features/endpoint-views-table.tsx";
import { ViewFindings } from "#components/watch/features/view-findings.tsx";
import { dataRanges } from "#components/watch/monitoring/integrity/data-view.ts";
import type { Context } from "#server/base/context.ts";
import { listLinkedViews } from "#server/develop/lineage/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { listViewFindings } from "#server/watch/features/findings/queries.ts";
import { listViewWatch } from "#server/watch/features/queries.ts";
import { readViews } from "../../../../(develop)/features/read-views.ts";

type Props = PageProps<"/endpoints/[endpoint]/features">;

const usual = shownRange({ key: "24h", label: "24 h" });

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Features` };
}

export default async function EndpointFeaturesPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const search = resolveSince(await searchParams, endpoint.current?.deployedAt);
  const range = fitRange(search, dataRanges) ?? usual;
  const span = momentsOf(range, Date.now());
  const views = await readEndpointViews(ctx, endpoint.id, span);
  const names = new Set(views.map(({ row }) => row.view.name));
  const open = views.length === 0 ? undefined : await orUndefined("findings", () => listViewFindings(ctx));
  const findings = (open?.findings ?? []).filter(({ view }) => names.has(view));
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="features"
      help="feature-store#feature-views"
      range={{ shown: range, choices: dataRanges }}
    >
      <LiveRefresh topics={["features"]} everyMs={30_000} />
      <TabHead sentence={sentenceOf(views)} context={describeFit(search, range, "Features")} />
      {findings.length > 0 && (
        <Panel title="Open findings" subtitle="newest first; a finding ends when it is no longer detected" flush>
          <ViewFindings label="Open findings" findings={findings} />
        </Panel>
      )}
      <Panel title="Feature views" subtitle={`look-ups of this endpoint, ${range.words}`} flush>
        {views.length === 0 ? (
          <EmptyState title="No features yet">
            No version of this endpoint looks up features. Values that requests carry are under Data.
          </EmptyState>
        ) : (
          <EndpointViewsTable views={views} />
        )}
      </Panel>
    </ServicePage>
  );
}

/** Reads the views that versions of an endpoint look up, and what its own look-ups found. */
async function readEndpointViews(
  ctx: Context,
  endpointId: string,
  span: { from: Date; to: Date },
): Promise<EndpointView[]> {
  const links = await listLinkedViews(ctx, { kind: "endpoint", id: endpointId });
  if (links.length === 0) return [];
  const linksOf = Map.groupBy(links, ({ view }) => view);
  const { rows } = await readViews(ctx);
  const watched = await orUndefined("look-ups", () => listViewWatch(ctx, { ...span, endpointId }));
  return rows.flatMap((row): EndpointView[] => {
    const own = linksOf.get(row.view.name);
    if (!own) return [];
    return [
      {
        row,
        features: [...new Set(own.flatMap(({ features }) => features))].sort(),
        versions: own.flatMap(({ through }) => through ?? []),
        watch: watched?.views.find(({ view }) => view === row.view.name),
      },
    ];
  });
}

function sentenceOf(views: readonly EndpointView[]): string | undefined {
  if (views.length === 0) return undefined;
  const read = new Set(views.flatMap(({ row, features }) => features.map((feature) => `${row.view.name} ${feature}`)));
  const sum = (of: "lookUps" | "missing" | "stale") =>
    views.reduce((total, { watch }) => total + (watch?.[of] ?? 0), 0);
  const what = `Reads ${plural(read.size, "feature")} of ${plural(views.length, "view")}`;
  const lookUps = sum("lookUps");
  if (lookUps === 0) return `${what}; no look-ups in this range.`;
  const bad = (sum("missing") + sum("stale")) / lookUps;
  return bad === 0
    ? `${what}; all look-ups found a row that counts.`
    : `${what}; ${formatPercent(bad)} of look-ups found no row or one that is too old.`;
}
