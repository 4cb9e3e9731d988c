import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";

type ProjectTab = "project" | "review" | "people" | "gold" | "guidelines" | "settings";

/** Renders the pages of a label project as tabs. */
export function ProjectTabs({
  project,
  current,
}: {
  project: Pick<LabelProjectDetails, "id" | "name" | "state" | "counts">;
  current: ProjectTab;
}) {
  const item = (tab: ProjectTab, label: string, count?: number) => ({
    label,
    href: labelProjectHref(project, tab === "project" ? undefined : tab),
    current: tab === current,
    ...(count !== undefined && { count }),
  });
  return (
    <Tabs
      label={`Pages of ${project.name}`}
      items={[
        item("project", "Overview"),
        item("review", "Review", project.counts.review),
        item("people", "People", project.counts.people),
        item("gold", "Gold"),
        item("guidelines", "Guidelines"),
        item("settings", "Settings"),
      ]}
    />
  );
}
