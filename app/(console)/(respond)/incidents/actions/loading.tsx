import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Incidents", href: "/incidents" }, { label: "Actions" }]} live>
      <PageHead title="Actions" />
      <IncidentSections current="actions" />
      <Panel flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
