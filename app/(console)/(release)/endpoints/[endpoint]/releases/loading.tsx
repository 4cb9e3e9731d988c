import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Panel title="Deployments" flush>
        <SkeletonRows rows={6} height={32} />
      </Panel>
    </Page>
  );
}
