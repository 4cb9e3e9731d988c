import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type FleetNeed, type FleetRow, fleetNeeds } from "#server/respond/fleet/contract.ts";
import classes from "./fleet.module.css";
import { FleetTable } from "./fleet-table.tsx";

const groups: Record<FleetNeed, { title: string; order: string }> = {
  action: { title: "Needs action", order: "by burn rate × requests" },
  watch: { title: "Watch", order: "not urgent" },
  healthy: { title: "Healthy", order: "least budget first" },
  idle: { title: "No traffic", order: "no request in the last hour, or stopped" },
};

/** Healthy endpoints that are shown until someone asks for all. */
const shownHealthy = 4;

interface FleetPanelsProps {
  rows: readonly FleetRow[];
  /** Address that shows all healthy endpoints; undefined where all are shown. */
  allHref: string | undefined;
  now: number;
}

/** Renders endpoints in the groups of their need. */
export function FleetPanels({ rows, allHref, now }: FleetPanelsProps) {
  if (rows.length === 0) {
    return (
      <Panel>
        <EmptyState title="No matching endpoints">No endpoint is in this view now.</EmptyState>
      </Panel>
    );
  }
  return fleetNeeds.map((need) => {
    const members = rows.filter((row) => row.need === need);
    if (members.length === 0) return null;
    const { title, order } = groups[need];
    const isCut = need === "healthy" && allHref !== undefined && members.length > shownHealthy + 1;
    const shown = isCut ? members.slice(0, shownHealthy) : members;
    return (
      <Panel title={title} subtitle={`${members.length}, ${order}`} className={classes.group} key={need} flush>
        <FleetTable
          label={title}
          rows={shown}
          now={now}
          foot={isCut && <Link href={allHref}>{plural(members.length - shown.length, "more healthy endpoint")}</Link>}
        />
      </Panel>
    );
  });
}
