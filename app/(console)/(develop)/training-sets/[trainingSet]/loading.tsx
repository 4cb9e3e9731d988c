import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Training sets", href: "/training-sets" },
      ]}
      live
    >
      <PageHead title={<Skeleton width={200} height={20} />} />
      <Panel title="Leak check" flush>
        <SkeletonRows rows={3} />
      </Panel>
      <Panel title="Views" flush>
        <SkeletonRows rows={3} />
      </Panel>
    </Page>
  );
}
