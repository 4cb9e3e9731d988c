import { requireContext } from "#app/_lib/context.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { qualityHref } from "#components/watch/monitoring/quality/addresses.ts";
import { QualityTable } from "#components/watch/monitoring/quality/quality-table.tsx";
import { qualityRangeOf, qualityRanges, qualitySpan, usualRange } from "#components/watch/monitoring/quality/ranges.ts";
import type { QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { listQuality } from "#server/watch/monitoring/quality/queries.ts";

export const metadata = { title: "Quality" };

export default async function QualityPage({ searchParams }: PageProps<"/quality">) {
  const ctx = await requireContext();
  const requestedRange = qualityRangeOf((await searchParams).range);
  const range = requestedRange ?? usualRange();
  const { endpoints } = await listQuality(ctx, qualitySpan(range, Date.now()));
  const ranges = qualityRanges.map((one) => ({ label: one.label, href: qualityHref(one), current: one === range }));
  return (
    <Page crumbs={[{ label: "Quality" }]} live>
      <LiveRefresh topics={["monitoring"]} everyMs={60_000} />
      <PageHead
        help="monitoring#model-quality"
        title="Quality"
        context="Accuracy from labels once they are complete, estimated until then"
        sentence={sentenceOf(endpoints)}
        actions={<SegmentedLinks label="Time range" items={ranges} />}
      />
      <Panel title="Endpoints" subtitle={`worst first; last ${range.label}`} flush>
        {endpoints.length === 0 ? (
          <EmptyState title="No endpoints yet">
            Deploy a version and post labels to /api/v1/endpoints/…/labels.
          </EmptyState>
        ) : (
          <QualityTable endpoints={endpoints} range={requestedRange} />
        )}
      </Panel>
    </Page>
  );
}

function sentenceOf(endpoints: readonly QualitySummary[]): string | undefined {
  const named = (state: QualitySummary["state"]) =>
    endpoints.filter((one) => one.state === state).map(({ endpoint }) => endpoint);
  const [below, watch, known] = [named("below"), named("watch"), named("fine")];
  if (below.length > 0) return `Below objective according to labels: ${below.join(", ")}.`;
  if (watch.length > 0)
    return `${watch.join(", ")} ${watch.length === 1 ? "is" : "are"} estimated to be below objective; labels will confirm.`;
  if (known.length > 0)
    return `${plural(known.length, "endpoint")} ${known.length === 1 ? "meets its" : "meet their"} quality objective.`;
  return undefined;
}
