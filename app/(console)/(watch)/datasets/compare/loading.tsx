import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Datasets", href: "/datasets" }, { label: "Compare files" }]} live>
      <PageHead
        title="Compare files"
        context="Compare two dataset versions with the same scores and tests as live windows"
      />
      <Panel title="Comparisons" flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
