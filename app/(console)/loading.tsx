import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[]}>
      <Skeleton width={220} height={28} />
      <Panel flush>
        <SkeletonRows rows={8} />
      </Panel>
    </Page>
  );
}
