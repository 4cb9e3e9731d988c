import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, formatCount, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { OnnxGraph } from "#server/develop/registry/onnx/contract.ts";

/** Shows the contents of an ONNX file: operators with their number of occurrences in the graph, and the number of weights. */
export function OperatorsPanel({ graph, sizeBytes }: { graph: OnnxGraph | null; sizeBytes: number | null }) {
  if (!graph) return null;
  const most = Math.max(1, ...graph.operators.map(({ count }) => count));
  const columns: Column<OnnxGraph["operators"][number]>[] = [
    { key: "name", head: "Operator", cell: ({ name }) => <code>{name}</code> },
    { key: "domain", head: "Domain", cell: ({ domain }) => <span className="lw-muted">{domain || "ai.onnx"}</span> },
    {
      key: "count",
      head: "Count",
      cell: ({ count }) => <BarCell value={count} most={most} text={formatCount(count)} />,
    },
  ];
  const perParameter = sizeBytes !== null && graph.parameterCount > 0 ? sizeBytes / graph.parameterCount : undefined;
  return (
    <Panel
      title="Graph"
      subtitle={`${plural(graph.parameterCount, "parameter")}, ${plural(graph.operators.length, "operator type")}`}
      right={perParameter && <span className="lw-quiet">{formatBytes(perParameter)} per parameter, overall</span>}
      flush
    >
      <DataTable
        label="Operators"
        rows={graph.operators}
        columns={columns}
        rowKey={({ domain, name }) => `${domain} ${name}`}
        density="compact"
        maxHeight="400px"
        empty={<p className="lw-muted">The graph contains no operators.</p>}
      />
    </Panel>
  );
}
