import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: "Now" }]}
      controls={<OverviewSections current="now" />}
    >
      <PageHead title="Now" sentence={<Skeleton width="70%" height={16} />} />
      <Panel>
        <Skeleton height={64} />
      </Panel>
      <Columns columns="minmax(0, 1fr) 348px">
        <Panel title="Endpoints" subtitle="worst first" flush>
          <SkeletonRows rows={4} />
        </Panel>
        <Panel title="Releases" subtitle="newest first" flush>
          <SkeletonRows rows={4} />
        </Panel>
      </Columns>
    </Page>
  );
}
