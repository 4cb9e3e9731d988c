import { versionHref } from "#components/develop/addresses/version-href.ts";
import { noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { type ComparisonGroup, compareHref } from "./comparison.ts";
import classes from "./comparison-table.module.css";

interface ComparisonTableProps {
  modelName: string;
  a: number;
  b: number;
  groups: ComparisonGroup[];
  /** Whether equal rows are shown too. */
  all: boolean;
}

/** Renders two versions side by side, group by group; differences are tinted. */
export function ComparisonTable({ modelName, a, b, groups, all }: ComparisonTableProps) {
  return (
    <Panel
      title="Differences"
      subtitle={`v${b} compared with v${a}`}
      right={
        <SegmentedLinks
          label="Rows"
          items={[
            { label: "Differences only", href: compareHref(modelName, a, b), current: !all },
            { label: "All", href: compareHref(modelName, a, b, true), current: all },
          ]}
        />
      }
      flush
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the table is scrolled sideways by keys */}
      <section className={classes.scroll} aria-label="Differences, scrolls horizontally" tabIndex={0}>
        <table className={classes.table} aria-label="Differences">
          <thead>
            <tr>
              <th scope="col">
                <span className="lw-hidden">What</span>
              </th>
              {[a, b].map((version) => (
                <th scope="col" key={version}>
                  <Link href={versionHref(modelName, version)}>v{version}</Link>
                </th>
              ))}
              <th scope="col" data-align="right">
                Change
              </th>
            </tr>
          </thead>
          {groups.map((group) => (
            <Group group={group} key={group.title} />
          ))}
        </table>
      </section>
    </Panel>
  );
}

function Value({ words }: { words: string }) {
  return words === noValue ? <span className="lw-quiet">{words}</span> : words;
}

function Group({ group: { title, rows, equal } }: { group: ComparisonGroup }) {
  return (
    <tbody>
      <tr className={classes.group}>
        <th scope="rowgroup" colSpan={4}>
          {title}{" "}
          {equal > 0 && <span className="lw-quiet">{rows.length === 0 ? "no differences" : `${equal} equal`}</span>}
        </th>
      </tr>
      {rows.map(({ name, a, b, change, differs }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>
            <Value words={a} />
          </td>
          <td data-differs={differs || undefined}>
            <Value words={b} />
            {differs && <span className="lw-hidden">, differs</span>}
          </td>
          <td className="lw-number" data-align="right">
            {change}
          </td>
        </tr>
      ))}
    </tbody>
  );
}
