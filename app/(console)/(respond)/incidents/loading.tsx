import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page crumbs={[{ label: "Incidents" }]} live>
      <PageHead title="Incidents" />
      <IncidentSections current="incidents" />
      <MetricStrip>
        {["found", "taken", "fixed", "alert", "changes"].map((tile) => (
          <MetricTileSkeleton key={tile} />
        ))}
      </MetricStrip>
      <Panel flush>
        <SkeletonRows />
      </Panel>
    </Page>
  );
}
