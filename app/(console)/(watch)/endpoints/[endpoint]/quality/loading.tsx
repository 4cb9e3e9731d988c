import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <PageHead title="Quality" />
      <MetricStrip>
        <MetricTileSkeleton />
        <MetricTileSkeleton />
        <MetricTileSkeleton />
      </MetricStrip>
      <Panel title="Estimated and realised quality">
        <Skeleton height={260} />
      </Panel>
    </Page>
  );
}
