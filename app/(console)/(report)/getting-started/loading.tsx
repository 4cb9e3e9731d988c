import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Getting started" }]} live>
      <PageHead title="Set up Leeway" />
      <Panel flush>
        <SkeletonRows rows={6} height={52} />
      </Panel>
    </Page>
  );
}
