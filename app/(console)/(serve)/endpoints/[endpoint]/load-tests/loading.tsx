import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }, { label: "Load tests" }]}>
      <Skeleton width={320} height={28} />
      <Panel title="Latency by request rate">
        <Skeleton height={260} />
      </Panel>
      <Panel title="Tests" flush>
        <SkeletonRows rows={3} height={32} />
      </Panel>
    </Page>
  );
}
