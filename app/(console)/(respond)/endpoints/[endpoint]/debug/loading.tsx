import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Columns>
        {["Requests per second", "Latency", "Errors"].map((title) => (
          <Panel title={title} key={title}>
            <Skeleton height={160} />
          </Panel>
        ))}
      </Columns>
      <Panel title="Latency distribution">
        <Skeleton height={230} />
      </Panel>
    </Page>
  );
}
