import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Overview" }]} controls={<OverviewSections current="report" />}>
      <PageHead title="Overview" sentence={<Skeleton width="70%" height={40} />} />
      <Panel>
        <Skeleton height={110} />
      </Panel>
      <Columns columns="minmax(0, 1fr) 300px">
        <Panel title="Portfolio" subtitle="worst first" flush>
          <SkeletonRows rows={7} />
        </Panel>
        <Panel title="Releases" flush>
          <SkeletonRows rows={6} />
        </Panel>
      </Columns>
    </Page>
  );
}
