"use client";

import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Direction } from "#server/develop/tracking/metrics/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import classes from "./compare.module.css";
import { ComparedSwatch } from "./compared-swatch.tsx";
import { type DifferenceCell, type DifferenceGroup, differences } from "./differences.ts";
import { useCompareView } from "./use-compare-view.ts";
import { useEnvironments } from "./use-environments.ts";

interface DifferenceTableProps {
  /** The first is the baseline. */
  runs: Run[];
  /** Direction in which each metric improves. */
  directions: Record<string, Direction>;
}

/** Renders metrics, params, code, data, environment and tags of runs side by side; differences from the first are tinted, largest first. */
export function DifferenceTable({ runs, directions }: DifferenceTableProps) {
  const ids = runs.map(({ id }) => id);
  const { view, show } = useCompareView();
  const { all } = view;
  const groups = differences({ runs, directions, environments: useEnvironments(ids), all });
  return (
    <Panel
      title="Differences"
      subtitle="compared with the first run, largest differences first"
      right={
        <Segmented
          label="Rows"
          value={all ? "all" : "differing"}
          onChange={(rows) => show({ all: rows === "all" })}
          options={rowChoices}
        />
      }
      flush
    >
      {groups.length === 0 ? (
        <EmptyState title="No differences">
          Metrics, parameters, data, code, packages and tags are identical.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the table is scrolled sideways by keys
        <section className={classes.scroll} aria-label="Differences, scrolls horizontally" tabIndex={0}>
          <table className={classes.table} aria-label="Differences">
            <thead>
              <tr>
                <th scope="col">
                  <span className="lw-hidden">What</span>
                </th>
                {runs.map(({ id, name, experimentId }, index) => (
                  <th scope="col" key={id}>
                    <ComparedSwatch id={id} index={index} />{" "}
                    <Link href={`/experiments/${experimentId}/runs/${id}`}>{name}</Link>
                  </th>
                ))}
              </tr>
            </thead>
            {groups.map((group) => (
              <Group group={group} columns={runs.length + 1} ids={ids} key={group.title} />
            ))}
          </table>
        </section>
      )}
    </Panel>
  );
}

const rowChoices = [
  { value: "differing" as const, label: "Differences only" },
  { value: "all" as const, label: "All" },
];

function Group({ group, columns, ids }: { group: DifferenceGroup; columns: number; ids: string[] }) {
  return (
    <tbody>
      <tr className={classes.group}>
        <th scope="rowgroup" colSpan={columns}>
          {group.title} <span className="lw-quiet">{group.count}</span>
        </th>
      </tr>
      {group.rows.map(({ label, cells }) => (
        <tr key={label}>
          <th scope="row" title={label}>
            {label}
          </th>
          {cells.map((cell, index) => (
            <td key={ids[index]}>
              <Cell cell={cell} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Cell({ cell }: { cell: DifferenceCell }) {
  return (
    <span className={classes.cell}>
      {cell.best && <Tag>best</Tag>}
      <span
        className={classes.value}
        data-differs={cell.differs || undefined}
        data-best={cell.best || undefined}
        data-absent={cell.absent || undefined}
        title={cell.text}
      >
        {cell.text}
        {cell.differs && <span className="lw-hidden">, differs from the baseline</span>}
      </span>
    </span>
  );
}
