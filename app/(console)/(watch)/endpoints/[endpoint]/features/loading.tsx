import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }]} live>
      <Skeleton width={320} height={28} />
      <Panel title="Feature views">
        <Skeleton height={240} />
      </Panel>
    </Page>
  );
}
