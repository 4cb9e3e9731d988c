import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Playground", href: "/playground" }]}>
      <Skeleton width="70%" height={52} />
      <Columns columns="352px minmax(0, 1fr)">
        <Panel title="Form">
          <Skeleton height={420} />
        </Panel>
        <Panel>
          <Skeleton height={420} />
        </Panel>
      </Columns>
    </Page>
  );
}
