import { OnCallTabs, onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={onCallCrumbs("teams")} live>
      <PageHead title="Teams" />
      <OnCallTabs current="teams" />
      <Panel flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
