import type { ReactNode } from "react";
import { Sparkline } from "#components/charts/sparkline.tsx";
import type { Column } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { RunTable, RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { RunHealthBadge } from "../health/run-health.tsx";
import { RunStatusBadge } from "../runs/run-status.tsx";
import { Took } from "../runs/run-took.tsx";
import { cellValue, decimalsOf, formatMetric, reasonSpan, trainedOn } from "../runs/run-values.ts";
import { cellClauses } from "./cell-clauses.ts";
import { PickableCell, type PickedCell } from "./cell-menu.tsx";
import { type ColumnLayout, laidOut, pinnedFirst } from "./column-layout.ts";
import { columnName } from "./column-names.ts";
import { Initials } from "./initials.tsx";
import classes from "./run-columns.module.css";
import { SelectedSwatch } from "./selected-runs.tsx";

const quiet = <span className="lw-quiet">{noValue}</span>;

interface RunColumnsInput {
  table: Pick<RunTable, "columns" | "rows" | "headline">;
  pinned: readonly string[];
  /** Called when a value is clicked; if omitted, values are not buttons. */
  onPick?: (picked: PickedCell) => void;
}

/** Builds the columns of a run table: name, pinned columns, then the other visible ones. The cells do not depend on the selection. */
export function runColumns({ table, pinned, onPick }: RunColumnsInput): Column<RunTableRow>[] {
  const columns = pinnedFirst(table.columns, pinned);
  const { rows } = table;
  const reasons = new Map(rows.map((row) => [row.run.id, reasonSpan(row, columns)]));
  const name: Column<RunTableRow> = {
    key: "name",
    head: "Run",
    cell: ({ run }) => (
      <span className={classes.name}>
        <SelectedSwatch id={run.id} />
        {run.parentRunId && <span title="Child run">↳</span>}
        {run.name} <code className="lw-quiet">{run.id.slice(0, 6)}</code>
      </span>
    ),
  };
  const others = columns.map((key, at): Column<RunTableRow> => {
    const column = columnOf(key, table);
    return {
      ...column,
      cell: (row) => {
        if (reasons.get(row.run.id)?.at === at) return <span className={classes.reason}>{row.failure}</span>;
        const content =
          key === "status" ? <Status row={row} withReason={reasons.get(row.run.id) === undefined} /> : column.cell(row);
        const value = cellValue(row, key);
        if (!onPick || value === undefined || cellClauses(key, value).length === 0) return content;
        return (
          <PickableCell column={key} value={value} onPick={onPick}>
            {content}
          </PickableCell>
        );
      },
      span: (row) => (reasons.get(row.run.id)?.at === at ? (reasons.get(row.run.id)?.span ?? 1) : 1),
    };
  });
  return [name, ...others];
}

/** Returns the columns with their widths, positions and sort addresses. */
export function headedColumns(
  columns: readonly Column<RunTableRow>[],
  layout: ColumnLayout,
  sortHref: (column: string) => string | undefined,
): Column<RunTableRow>[] {
  return laidOut(columns, layout).map((column) => {
    const href = sortHref(column.key);
    return { ...column, name: columnName(column.key), ...(href && { sortHref: href }) };
  });
}

function columnOf(key: string, { columns, rows, headline }: RunColumnsInput["table"]): Column<RunTableRow> {
  const head = columnName(key);
  const dot = key.indexOf(".");
  const [kind, name] = [key.slice(0, dot), key.slice(dot + 1)];
  if (kind === "metrics") {
    const decimals = decimalsOf(rows.map((row) => row.metrics[name]));
    const isHeadline = headline?.key === name;
    return {
      key,
      head,
      align: "right",
      cell: (row) => <Metric row={row} name={name} decimals={decimals} strong={isHeadline} />,
    };
  }
  if (kind === "curve") {
    const hasValues = columns.includes(`metrics.${name}`);
    return {
      key,
      head: hasValues ? <span title={`Trend of ${name}`}>trend</span> : head,
      width: 72,
      cell: (row) => <Sparkline points={row.curves[name] ?? []} width={60} />,
    };
  }
  if (kind === "params" || kind === "tags") {
    const isNumber = rows.every(
      (row) => row[kind][name] === undefined || /^-?[\d.]+(e[+-]?\d+)?$/i.test(row[kind][name]),
    );
    return {
      key,
      head,
      ...(isNumber && { align: "right" as const }),
      cell: (row) => <Text value={row[kind][name]} />,
    };
  }
  if (key === "version") {
    const models = new Set(rows.flatMap(({ versions }) => versions.map(({ modelName }) => modelName)));
    return { key, head, cell: (row) => <Versions row={row} short={models.size === 1} /> };
  }
  return { key, head, ...fixed[key] } as Column<RunTableRow>;
}

const fixed: Record<string, Pick<Column<RunTableRow>, "cell" | "align">> = {
  status: { cell: (row) => <Status row={row} withReason /> },
  started: { cell: ({ run }) => <RelativeTime at={run.startedAt} /> },
  took: { align: "right", cell: ({ run }) => <Took run={run} /> },
  dataset: { cell: (row) => <Dataset row={row} /> },
  commit: { cell: ({ commit }) => (commit ? <code title={commit}>{commit.slice(0, 7)}</code> : quiet) },
  by: { cell: ({ run }) => (run.userName ? <Initials name={run.userName} /> : quiet) },
};

function Status({ row, withReason }: { row: RunTableRow; withReason: boolean }) {
  return (
    <span className={classes.status}>
      <RunStatusBadge run={row.run} />
      <RunHealthBadge findings={row.findings.filter(({ kind }) => kind !== "silent")} />
      {withReason && row.failure && (
        <span className={`${classes.reason} ${classes.beside} lw-small lw-truncate`} title={row.failure}>
          {row.failure}
        </span>
      )}
    </span>
  );
}

interface MetricProps {
  row: RunTableRow;
  name: string;
  decimals: number | undefined;
  strong: boolean;
}

function Metric({ row, name, decimals, strong }: MetricProps): ReactNode {
  const value = row.metrics[name];
  const text = formatMetric(value, decimals);
  if (value === undefined) return <span className="lw-quiet">{text}</span>;
  if (value === "NaN") return <span className={classes.reason}>{text}</span>;
  return strong ? <strong title={String(value)}>{text}</strong> : <span title={String(value)}>{text}</span>;
}

function Text({ value }: { value: string | undefined }) {
  if (value === undefined) return quiet;
  return (
    <span className={`${classes.param} lw-truncate`} title={value}>
      {value}
    </span>
  );
}

function Dataset({ row }: { row: RunTableRow }) {
  const { datasets } = row;
  const first = trainedOn(row);
  if (!first) return quiet;
  const all = datasets.map(({ name, digest, context }) => [name, digest, context].filter(Boolean).join(" "));
  return (
    <span title={all.join("\n")}>
      <code>{first.digest}</code>
      {datasets.length > 1 && <span className="lw-quiet"> +{datasets.length - 1}</span>}
    </span>
  );
}

/** Renders the newest version created from a run; without the model name if all are of one model. */
function Versions({ row, short }: { row: RunTableRow; short: boolean }) {
  const [newest, ...others] = row.versions;
  if (!newest) return null;
  const href = `/models/${encodeURIComponent(newest.modelName)}/v${newest.version}`;
  const name = `${newest.modelName} v${newest.version}`;
  return (
    <>
      <Link href={href} title={name} aria-label={name}>
        {short ? `v${newest.version}` : name}
      </Link>
      {others.length > 0 && <span className="lw-quiet"> +{others.length}</span>}
    </>
  );
}
