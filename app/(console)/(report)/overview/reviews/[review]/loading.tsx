import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: "Reviews" }]}
      controls={<OverviewSections current="reviews" />}
    >
      <PageHead title="Review" sentence={<Skeleton width="70%" height={16} />} />
      <Panel title="Open drift and quality findings" flush>
        <SkeletonRows rows={4} />
      </Panel>
      <Panel title="Label backlog" flush>
        <SkeletonRows rows={3} />
      </Panel>
    </Page>
  );
}
