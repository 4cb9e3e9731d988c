import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Columns>
        {["Step time", "Machine"].map((title) => (
          <Panel title={title} key={title}>
            <Skeleton height={140} />
          </Panel>
        ))}
      </Columns>
      <Skeleton height={230} />
    </Page>
  );
}
