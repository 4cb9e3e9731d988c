import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Training sets", href: "/training-sets" },
        { label: "New" },
      ]}
    >
      <PageHead title="Create training set" />
      <Columns columns="412px minmax(0, 1fr)">
        <Panel>
          <Skeleton height={520} />
        </Panel>
        <Stack>
          <Panel title="Point-in-time join of one row">
            <Skeleton height={150} />
          </Panel>
          <Panel title="Preview" flush>
            <SkeletonRows rows={4} />
          </Panel>
          <Panel title="Leak check" flush>
            <SkeletonRows rows={3} />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
