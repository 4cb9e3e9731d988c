import { Page } from "#components/shell/page.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Incidents", href: "/incidents" }, { label: "…" }]} live>
      <Skeleton width={360} height={28} />
      <Panel>
        <Skeleton height={240} />
      </Panel>
      <Columns columns="minmax(0, 1fr) 300px">
        <Panel title="Timeline" flush>
          <SkeletonRows rows={8} height={32} />
        </Panel>
        <Stack>
          <Panel title="Impact">
            <Skeleton height={180} />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
