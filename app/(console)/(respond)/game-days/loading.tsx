import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Game days" }]} live>
      <PageHead title="Game days" />
      <Panel flush>
        <SkeletonRows rows={6} />
      </Panel>
    </Page>
  );
}
