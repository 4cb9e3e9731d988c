import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Drift", href: "/drift" }, { label: "Compare files" }]} live>
      <PageHead
        title="Compare files"
        context="Two dataset versions through the same scores and tests that live windows get"
      />
      <Panel title="Comparisons" flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
