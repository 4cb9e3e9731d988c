import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Drift" }]} live>
      <PageHead title="Drift" context="Inputs and predictions compared with the reference of each version" />
      <Panel title="Endpoints" flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
