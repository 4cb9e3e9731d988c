import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Services", href: "/features/services" },
      ]}
      live
    >
      <PageHead title={<Skeleton width={180} height={20} />} />
      <Panel title="Features" flush>
        <SkeletonRows rows={3} />
      </Panel>
      <Panel title="Used by" flush>
        <SkeletonRows rows={3} />
      </Panel>
    </Page>
  );
}
