import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }]} live>
      <PageHead title={<Skeleton width={260} height={20} />} />
      <MetricStrip>
        <MetricTileSkeleton />
        <MetricTileSkeleton />
        <MetricTileSkeleton />
      </MetricStrip>
      <Panel title="Segments" flush>
        <SkeletonRows rows={8} />
      </Panel>
    </Page>
  );
}
