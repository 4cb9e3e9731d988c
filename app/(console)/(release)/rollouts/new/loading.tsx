import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Rollouts", href: "/rollouts" }, { label: "…" }, { label: "New rollout" }]}>
      <Skeleton width={320} height={28} />
      <Panel title="Version">
        <Skeleton height={52} />
      </Panel>
      <Panel title="Plan" flush>
        <SkeletonRows rows={3} height={40} />
      </Panel>
      <Panel title="Estimate">
        <Skeleton height={120} />
      </Panel>
    </Page>
  );
}
