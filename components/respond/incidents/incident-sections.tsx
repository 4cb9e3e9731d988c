import type { ReactNode } from "react";
import { Tabs } from "#components/ui/tabs.tsx";
import { incidentsPath } from "./addresses.ts";

type Section = "incidents" | "actions" | "runbooks";

/** Renders the tabs of the incident pages: all incidents, actions, and runbooks. */
export function IncidentSections({ current, right }: { current: Section; right?: ReactNode }) {
  const items = [
    { label: "Incidents", href: incidentsPath, key: "incidents" },
    { label: "Actions", href: `${incidentsPath}/actions`, key: "actions" },
    { label: "Runbooks", href: `${incidentsPath}/runbooks`, key: "runbooks" },
  ];
  return (
    <Tabs
      label="Incidents"
      items={items.map(({ key, ...item }) => ({ ...item, current: key === current }))}
      right={right}
    />
  );
}
