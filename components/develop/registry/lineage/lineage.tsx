"use client";

import {
  IconBox,
  IconDatabase,
  IconFlask2,
  IconListDetails,
  IconServer2,
  IconTable,
  IconTransferIn,
  type TablerIcon,
} from "@tabler/icons-react";
import { Fragment, type KeyboardEvent, useRef, useState } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import classes from "./lineage.module.css";
import { drawnNodes, graphHeight, type LineageColumn, type LineageNode, nodeMiddle } from "./lineage-graph.ts";

const icons: Record<LineageNode["kind"], TablerIcon> = {
  dataset: IconDatabase,
  run: IconFlask2,
  version: IconBox,
  endpoint: IconServer2,
  source: IconTransferIn,
  view: IconTable,
  service: IconListDetails,
};

/** Shows the origin of a version and its dependants; arrow keys move between nodes, and a table lists the same data. */
export function Lineage({ subject, columns }: { subject: string; columns: LineageColumn[] }) {
  const [view, setView] = useState<"graph" | "table">("graph");
  const options = [
    { value: "graph" as const, label: "Graph" },
    { value: "table" as const, label: "Table" },
  ];
  return (
    <Panel
      title="Lineage"
      subtitle={`Provenance and dependents of ${subject}`}
      flush={view === "table"}
      right={<Segmented label="Lineage view" value={view} onChange={setView} options={options} />}
    >
      {view === "graph" ? <Graph columns={columns} /> : <LineageTable columns={columns} />}
    </Panel>
  );
}

function Graph({ columns }: { columns: LineageColumn[] }) {
  const root = useRef<HTMLDivElement>(null);
  const drawn = columns.map(({ nodes }) => drawnNodes(nodes));
  const height = graphHeight(drawn.map((nodes) => nodes.length));

  function walk(event: KeyboardEvent) {
    const at = (event.target as HTMLElement).dataset.at?.split(".").map(Number);
    const step = steps[event.key];
    if (!at || !step || !root.current) return;
    let [column = 0, row = 0] = [(at[0] ?? 0) + step[0], step[0] === 0 ? (at[1] ?? 0) + step[1] : (at[1] ?? 0)];
    // Columns without a link are skipped.
    while (drawn[column]?.every((node) => !node.href)) column += step[0] || columns.length;
    const last = (drawn[column]?.length ?? 0) - 1;
    row = Math.min(Math.max(0, row), last);
    const target = root.current.querySelector<HTMLElement>(`a[data-at="${column}.${row}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a second way to the links inside
    <div
      className={classes.graph}
      style={{ gridTemplateColumns: columns.map(() => "minmax(120px, 1fr)").join(" 48px ") }}
      ref={root}
      onKeyDown={walk}
    >
      {columns.map((column, index) => (
        <Fragment key={column.title}>
          {index > 0 && <Lines from={drawn[index - 1] ?? []} to={drawn[index] ?? []} height={height} />}
          <div className={classes.column}>
            <span className="lw-small lw-quiet">{column.title}</span>
            <div className={classes.nodes} style={{ height }}>
              {drawn[index]?.map((node, row) => (
                <Node node={node} at={`${index}.${row}`} key={node.id} />
              ))}
            </div>
          </div>
        </Fragment>
      ))}
    </div>
  );
}

const steps: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function Node({ node, at }: { node: LineageNode; at: string }) {
  const Icon = icons[node.kind];
  const content = (
    <>
      <Icon size={16} stroke={1.7} aria-hidden="true" />
      <span className={classes.words}>
        <span className={`${classes.title} lw-truncate`} style={{ display: "block" }} title={node.title}>
          {node.title}
        </span>
        <span className="lw-small lw-muted lw-truncate" style={{ display: "block" }} title={node.detail}>
          {node.detail}
        </span>
      </span>
    </>
  );
  const attributes = {
    className: classes.node,
    "data-subject": node.isSubject || undefined,
    "data-absent": node.isAbsent || undefined,
  };
  if (!node.href) return <div {...attributes}>{content}</div>;
  return (
    <Link {...attributes} href={node.href} data-at={at}>
      {content}
    </Link>
  );
}

/** Curves from every node of a column to every node of the next. */
function Lines({ from, to, height }: { from: LineageNode[]; to: LineageNode[]; height: number }) {
  return (
    <svg
      className={classes.lines}
      viewBox={`0 0 48 ${height}`}
      width="48"
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {from.flatMap((start, row) =>
        to.map((end, index) => {
          const [y1, y2] = [nodeMiddle(row, from.length, height), nodeMiddle(index, to.length, height)];
          return (
            <path
              className={classes.line}
              data-absent={start.isAbsent || end.isAbsent || undefined}
              d={`M0 ${y1}C24 ${y1} 24 ${y2} 48 ${y2}`}
              key={`${start.id} ${end.id}`}
            />
          );
        }),
      )}
    </svg>
  );
}

const tableColumns = [
  { key: "name", head: "Name", cell: (row: LineageNode) => row.title },
  { key: "kind", head: "What", cell: (row: LineageNode) => row.kind },
  { key: "detail", head: "More", cell: (row: LineageNode) => <span className="lw-muted">{row.detail}</span> },
];

function LineageTable({ columns }: { columns: LineageColumn[] }) {
  const rows = columns.flatMap(({ nodes }) => nodes);
  return (
    <DataTable
      label="Lineage"
      rows={rows}
      columns={tableColumns}
      rowKey={(row) => row.id}
      rowHref={(row) => row.href ?? ""}
      density="compact"
      maxHeight="360px"
    />
  );
}
