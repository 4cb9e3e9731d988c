import type { ReactNode } from "react";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";
import { kindLabels } from "./kind-labels.ts";
import { ProjectState } from "./project-state.tsx";

interface ProjectsTableProps {
  projects: LabelProject[];
  empty: ReactNode;
  foot?: ReactNode;
}

/** Lists label projects with what is open in them. */
export function ProjectsTable({ projects, empty, foot }: ProjectsTableProps) {
  return (
    <DataTable
      label="Label projects"
      rows={projects}
      rowKey={({ id }) => String(id)}
      rowHref={(project) => labelProjectHref(project)}
      columns={[
        { key: "name", head: "Project", cell: ({ name }) => name },
        { key: "state", head: "State", cell: (project) => <ProjectState project={project} /> },
        { key: "kind", head: "Prediction", cell: ({ taskKind }) => kindLabels[taskKind] },
        { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint?.name ?? noValue },
        { key: "open", head: "Open", align: "right", cell: ({ counts }) => formatCount(counts.open) },
        { key: "review", head: "In review", align: "right", cell: ({ counts }) => formatCount(counts.review) },
        { key: "settled", head: "Settled", align: "right", cell: ({ counts }) => formatCount(counts.settled) },
        { key: "people", head: "Annotators", align: "right", cell: ({ counts }) => formatCount(counts.people) },
        { key: "updated", head: "Changed", align: "right", cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
      ]}
      empty={empty}
      foot={foot}
    />
  );
}
