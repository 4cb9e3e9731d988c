import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Rollouts", href: "/rollouts" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Panel>
        <Skeleton height={96} />
      </Panel>
      <Panel title="Guardrails" flush>
        <SkeletonRows rows={6} height={34} />
      </Panel>
      <Columns columns="minmax(0, 1fr) 300px">
        <Panel title="Decision log" flush>
          <SkeletonRows rows={5} height={32} />
        </Panel>
        <Panel title="Time to verdict">
          <Skeleton height={110} />
        </Panel>
      </Columns>
    </Page>
  );
}
