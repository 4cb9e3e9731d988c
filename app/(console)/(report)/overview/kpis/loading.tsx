import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: "Business" }]}
      controls={<OverviewSections current="kpis" />}
    >
      <PageHead title="Business" context="Business outcomes that followed predictions" />
      <Panel title="KPIs" subtitle="last 30 days" flush>
        <SkeletonRows rows={5} />
      </Panel>
    </Page>
  );
}
