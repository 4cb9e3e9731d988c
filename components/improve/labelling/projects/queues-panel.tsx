import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { sourceLabels, sourceOrder, sourceReasons } from "#components/improve/labelling/source-labels.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";

/** Shows what is open in each queue, and why it is there. */
export function QueuesPanel({ project }: { project: LabelProject }) {
  const { bySource } = project.counts;
  const rows = sourceOrder.flatMap((source) => bySource.find((each) => each.source === source) ?? []);
  return (
    <Panel title="Queue order" subtitle="gain × drift × weight / (1 + twins)" flush>
      <DataTable
        label="Queues"
        density="dense"
        rows={rows}
        rowKey={({ source }) => source}
        rowHref={({ source }) => `${labelProjectHref(project, "label")}?queue=${source}`}
        columns={[
          { key: "source", head: "Source", cell: ({ source }) => <strong>{sourceLabels[source]}</strong> },
          { key: "open", head: "Open", align: "right", cell: ({ open }) => formatCount(open) },
          { key: "reason", head: "Reason", width: 150, isText: true, cell: ({ source }) => sourceReasons[source] },
        ]}
        empty={<EmptyState title="Nothing is open" />}
        foot={rows.length > 0 && <span>Rates use the random audit only; other sources are biased.</span>}
      />
    </Panel>
  );
}
