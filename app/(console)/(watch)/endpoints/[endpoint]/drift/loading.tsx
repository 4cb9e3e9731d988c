import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={420} height={28} />
      <Skeleton height={64} />
      <Columns columns="minmax(0, 5fr) minmax(0, 4fr)">
        <Panel title="Features" flush>
          <SkeletonRows rows={10} height={32} />
        </Panel>
        <Panel title="Feature">
          <Skeleton height={380} />
        </Panel>
      </Columns>
    </Page>
  );
}
