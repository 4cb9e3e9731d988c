import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }]} live>
      <PageHead title={<Skeleton width={180} height={20} />} />
      <Panel title="Versions" subtitle="newest first" flush>
        <SkeletonRows rows={5} />
      </Panel>
      <Panel title="Lineage">
        <Skeleton height={90} />
      </Panel>
    </Page>
  );
}
