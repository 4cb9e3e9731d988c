import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Drift", href: "/drift" }, { label: "…" }, { label: "Settings" }]}>
      <Skeleton width={320} height={28} />
      <Panel title="Monitoring">
        <SkeletonRows rows={8} height={48} />
      </Panel>
    </Page>
  );
}
