import { Page } from "#components/shell/page.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Rollouts", href: "/rollouts" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Panel>
        <Skeleton height={96} />
      </Panel>
      <Columns columns="minmax(0, 1fr) 300px">
        <Panel title="Guardrails" flush>
          <SkeletonRows rows={5} height={96} />
        </Panel>
        <Stack>
          <Panel title="Time to verdict">
            <Skeleton height={110} />
          </Panel>
          <Panel title="Decision log" flush>
            <SkeletonRows rows={5} height={32} />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
