import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <MetricStrip>
        {["requests", "errors", "p95", "budget", "quality", "drift"].map((key) => (
          <MetricTileSkeleton key={key} />
        ))}
      </MetricStrip>
      <Columns columns="minmax(0, 1fr) 320px">
        <Panel title="Health by version">
          <Skeleton height={520} />
        </Panel>
        <Stack>
          <Panel title="Last changes" flush>
            <SkeletonRows rows={4} height={32} />
          </Panel>
          <Panel title="SLOs" flush>
            <SkeletonRows rows={3} height={32} />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
