import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { JobTemplate } from "#server/improve/training/templates/contract.ts";
import { templateHref } from "../addresses.ts";
import { describeResources } from "../job/facts-panels.tsx";

/** Lists job templates by name. */
export function TemplatesTable({
  templates,
  engines,
}: {
  templates: readonly JobTemplate[];
  engines: ReadonlyMap<string, string>;
}) {
  return (
    <DataTable
      label="Job templates"
      rows={templates}
      rowKey={({ id }) => id}
      rowHref={({ name }) => templateHref(name)}
      columns={[
        { key: "name", head: "Template", cell: ({ name }) => name },
        { key: "revision", head: "Revision", align: "right", cell: ({ revision }) => formatCount(revision) },
        {
          key: "command",
          head: "Command",
          width: 300,
          isClipped: true,
          cell: ({ spec }) => <code>{spec.job.command.join(" ")}</code>,
        },
        {
          key: "parameters",
          head: "Parameters",
          cell: ({ spec }) => spec.parameters.map(({ name }) => name).join(", ") || noValue,
        },
        { key: "machines", head: "Machines", cell: ({ spec }) => describeResources(spec.job.resources) },
        { key: "engine", head: "Engine", cell: ({ spec }) => engines.get(spec.engineId ?? "") ?? noValue },
        { key: "updated", head: "Changed", align: "right", cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
      ]}
    />
  );
}
