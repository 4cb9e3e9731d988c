import { Page } from "#components/shell/page.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Endpoints", href: "/endpoints" }, { label: "…" }, { label: "Settings" }]}>
      <Skeleton width={320} height={28} />
      <Panel title="Limits">
        <Skeleton height={170} />
      </Panel>
      <Panel title="Input contract" flush>
        <SkeletonRows rows={3} height={32} />
      </Panel>
    </Page>
  );
}
