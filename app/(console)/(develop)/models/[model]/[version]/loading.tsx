import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }]} live>
      <PageHead title={<Skeleton width={180} height={20} />} />
      <Columns columns="minmax(0, 1fr) 380px">
        <Panel title="Signature" subtitle="Inputs and outputs, read from the model file" flush>
          <SkeletonRows rows={6} height={28} />
        </Panel>
        <Panel title="Version details" flush>
          <SkeletonRows rows={6} height={28} />
        </Panel>
      </Columns>
      <Panel title="Lineage">
        <Skeleton height={90} />
      </Panel>
    </Page>
  );
}
