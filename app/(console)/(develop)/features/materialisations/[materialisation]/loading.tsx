import { materialisationsPath } from "#components/develop/addresses/materialisation-href.ts";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Materialisations", href: materialisationsPath },
      ]}
      live
    >
      <PageHead title={<Skeleton width={260} height={20} />} />
      <Panel>
        <Skeleton height={64} />
      </Panel>
      <Panel title="Rejected rows" flush>
        <SkeletonRows rows={4} />
      </Panel>
    </Page>
  );
}
