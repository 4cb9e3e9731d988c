import { Page } from "#components/shell/page.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Rollouts", href: "/rollouts" }, { label: "New" }]}>
      <Skeleton width={320} height={28} />
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <Panel title="Version" flush>
            <SkeletonRows rows={5} height={38} />
          </Panel>
          <Panel title="Plan" flush>
            <SkeletonRows rows={5} height={50} />
          </Panel>
        </Stack>
        <Panel title="Review">
          <Skeleton height={320} />
        </Panel>
      </Columns>
    </Page>
  );
}
