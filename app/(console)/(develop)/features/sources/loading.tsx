import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Sources" }]} live>
      <PageHead title="Sources" />
      <FeatureTabs current="sources" />
      <Panel flush>
        <SkeletonRows rows={5} />
      </Panel>
    </Page>
  );
}
