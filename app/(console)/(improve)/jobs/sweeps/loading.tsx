import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Sweeps" }]} live>
      <PageHead title="Sweeps" />
      <Panel flush>
        <SkeletonRows rows={8} />
      </Panel>
    </Page>
  );
}
