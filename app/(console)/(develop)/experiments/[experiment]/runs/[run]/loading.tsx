import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Experiments", href: "/experiments" }]} live>
      <PageHead title={<Skeleton width={180} height={20} />} sentence={<Skeleton width={360} height={16} />} />
      <Columns columns="1fr 1fr 348px">
        <Panel title="Metrics">
          <Skeleton height={180} />
        </Panel>
        <Panel title="Metrics">
          <Skeleton height={180} />
        </Panel>
        <Panel title="Metrics" subtitle="last value and its step" flush>
          <SkeletonRows rows={7} height={28} />
        </Panel>
      </Columns>
    </Page>
  );
}
