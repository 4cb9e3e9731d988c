import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Experiments", href: "/experiments" }]} live>
      <PageHead title={<Skeleton width={180} height={20} />} />
      <Skeleton height={32} />
      <Panel flush>
        <SkeletonRows rows={18} height={32} />
      </Panel>
    </Page>
  );
}
