import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Key" }]} live>
      <PageHead title="Key" />
      <Panel title="Values" flush>
        <SkeletonRows rows={4} />
      </Panel>
      <Panel title="History" flush>
        <SkeletonRows rows={4} />
      </Panel>
    </Page>
  );
}
