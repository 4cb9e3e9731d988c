import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Label queue", href: "/labels" }, { label: "Project" }]} live>
      <PageHead title={<Skeleton width={220} height={20} />} />
      <MetricStrip>
        <MetricTileSkeleton />
        <MetricTileSkeleton />
        <MetricTileSkeleton />
        <MetricTileSkeleton />
      </MetricStrip>
      <Panel flush>
        <SkeletonRows rows={5} />
      </Panel>
    </Page>
  );
}
