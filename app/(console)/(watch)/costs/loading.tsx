import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Costs" }]} live>
      <PageHead title="Costs" />
      <Columns columns="1fr 348px">
        <Panel title="Spend this month" subtitle="cumulative by day">
          <SkeletonRows />
        </Panel>
        <Panel title="Savings opportunities">
          <SkeletonRows />
        </Panel>
      </Columns>
      <Panel flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
