import Link from "next/link";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleOfPlace } from "#components/charts/series-style.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { Tag } from "#components/ui/tag.tsx";
import classes from "./compare.module.css";
import { compareHref } from "./compare-view.ts";
import type { DifferenceCell, DifferenceGroup } from "./differences.ts";

interface DifferenceTableProps {
  runs: { id: string; name: string; experimentId: number }[];
  groups: DifferenceGroup[];
  /** Also what is the same in all. */
  all: boolean;
}

/** Metrics, params, code and data of runs side by side; what differs from the first is tinted. */
export function DifferenceTable({ runs, groups, all }: DifferenceTableProps) {
  const ids = runs.map(({ id }) => id);
  return (
    <Panel
      title="Differences"
      subtitle="against the baseline, the first run"
      right={
        <SegmentedLinks
          label="Rows"
          items={[
            { label: "Only what differs", href: compareHref(ids), current: !all },
            { label: "All", href: compareHref(ids, { all: true }), current: all },
          ]}
        />
      }
      flush
    >
      {groups.length === 0 ? (
        <EmptyState title="These runs do not differ">Metrics, parameters, dataset and commit are the same.</EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the table is scrolled sideways by keys
        <section className={classes.scroll} aria-label="Differences, scrolls sideways" tabIndex={0}>
          <table className={classes.table} aria-label="Differences">
            <thead>
              <tr>
                <th scope="col">
                  <span className="lw-hidden">What</span>
                </th>
                {runs.map(({ id, name, experimentId }, place) => (
                  <th scope="col" key={id}>
                    <SeriesSwatch style={styleOfPlace(place)} />{" "}
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

function Group({ group, columns, ids }: { group: DifferenceGroup; columns: number; ids: string[] }) {
  return (
    <tbody>
      <tr className={classes.group}>
        <th scope="rowgroup" colSpan={columns}>
          {group.title}
        </th>
      </tr>
      {group.rows.map(({ label, cells }) => (
        <tr key={label}>
          <th scope="row">{label}</th>
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
