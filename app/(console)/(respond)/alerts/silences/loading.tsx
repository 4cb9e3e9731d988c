import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={alertsCrumbs("silences")} live>
      <PageHead title="Silences" />
      <AlertsTabs current="silences" />
      <Panel flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
