import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <PageHead title="Costs of an endpoint" />
      <Panel title="Versions" flush>
        <SkeletonRows />
      </Panel>
      <Panel title="Scenarios" flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
