import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }, { label: "Async" }]} live>
      <Skeleton width={320} height={28} />
      <MetricStrip>
        {["backlog", "oldest", "succeeded", "time", "dead"].map((key) => (
          <MetricTileSkeleton key={key} />
        ))}
      </MetricStrip>
      <Panel title="Tasks" flush>
        <SkeletonRows rows={6} height={32} />
      </Panel>
    </Page>
  );
}
