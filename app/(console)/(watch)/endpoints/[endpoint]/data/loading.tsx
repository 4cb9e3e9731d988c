import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Columns columns="1fr 348px">
        <Panel title="Features">
          <Skeleton height={300} />
        </Panel>
        <Panel title="Endpoint checks">
          <Skeleton height={200} />
        </Panel>
      </Columns>
    </Page>
  );
}
