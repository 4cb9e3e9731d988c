import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <MetricStrip>
        {["requests", "p50", "p95", "p99", "errors"].map((key) => (
          <MetricTileSkeleton key={key} />
        ))}
      </MetricStrip>
      <Columns>
        {["Requests per second", "Latency", "Errors"].map((title) => (
          <Panel title={title} key={title}>
            <Skeleton height={170} />
          </Panel>
        ))}
      </Columns>
    </Page>
  );
}
