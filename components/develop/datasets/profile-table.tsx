import { Histogram } from "#components/charts/histogram.tsx";
import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import { Tag } from "#components/ui/tag.tsx";
import type { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import classes from "./datasets.module.css";

const columns: Column<ColumnProfile>[] = [
  { key: "name", head: "Column", cell: (row) => <code>{row.name}</code> },
  { key: "type", head: "Type", cell: (row) => <Kinds column={row} /> },
  { key: "shape", head: "Values", width: 120, cell: (row) => <Shape column={row} /> },
  { key: "summary", head: "Statistics", cell: (row) => <Summary column={row} /> },
  {
    key: "missing",
    head: "Missing",
    width: 130,
    cell: (row) => <BarCell value={share(row)} text={row.missing === 0 ? "0" : formatPercent(share(row))} />,
  },
  {
    key: "distinct",
    head: "Distinct",
    align: "right",
    cell: ({ distinct }) =>
      distinct.method === "exact" ? (
        formatCount(distinct.count)
      ) : (
        <span title={`Estimated by HyperLogLog, standard error 1.6%`}>about {formatCount(distinct.count)}</span>
      ),
  },
];

/** Shows the profile of each column. */
export function ProfileTable({ profile }: { profile: ColumnProfile[] }) {
  return (
    <DataTable
      label="Columns"
      rows={profile}
      columns={columns}
      rowKey={(row) => row.name}
      foot={plural(profile.length, "column")}
    />
  );
}

function share({ count, missing }: ColumnProfile): number {
  return missing / Math.max(1, count + missing);
}

/** Renders the type, and the values of other kinds that widened it to text. */
function Kinds({ column: { type, kinds } }: { column: ColumnProfile }) {
  const [most, ...others] = kinds;
  const odd = type === "text" && most ? others : [];
  return (
    <span className={classes.tags}>
      <Tag>{type}</Tag>
      {odd.map(({ kind, count, firstAt, example }) => (
        <Tag tone="watch" key={kind}>
          <span title={`First at ${firstAt}: ${example}`}>
            {formatCount(count)} of kind {kind}
          </span>
        </Tag>
      ))}
    </span>
  );
}

function Shape({ column: { name, numbers, levels } }: { column: ColumnProfile }) {
  if (numbers) {
    const from = formatNumber(numbers.min);
    const to = formatNumber(numbers.max);
    const counts = numbers.bins.map(({ count }) => count);
    return <Histogram counts={counts} label={`Distribution of ${name} from ${from} to ${to}`} />;
  }
  if (!levels || levels.length === 0) return <span className="lw-quiet">–</span>;
  const words = levels.slice(0, 5).map(({ value, count }) => `${value} ${formatCount(count)}`);
  return <Histogram counts={levels.map(({ count }) => count)} label={`Levels of ${name}: ${words.join(", ")}`} />;
}

function Summary({ column: { numbers, levels, times, texts, distinct } }: { column: ColumnProfile }) {
  if (numbers) {
    const { min, max, mean, sd, quantiles, basis } = numbers;
    return (
      <span className="lw-number">
        {formatNumber(min)} to {formatNumber(max)}
        <span className="lw-muted">
          {" "}
          · mean {formatNumber(mean)}
          {sd !== null && ` ± ${formatNumber(sd)}`} · median{" "}
          <span title={basis === "sample" ? "Based on a sample of 4,096 values" : undefined}>
            {basis === "sample" && "about "}
            {formatNumber(quantiles[10])}
          </span>
        </span>
      </span>
    );
  }
  if (times) {
    return (
      <span className="lw-number">
        {times.min.slice(0, 10)} to {times.max.slice(0, 10)}
      </span>
    );
  }
  if (levels && levels.length > 0) {
    const rest = distinct.count - Math.min(4, levels.length);
    return (
      <span className={classes.levels}>
        {levels.slice(0, 4).map(({ value, count }) => (
          <span key={value}>
            <span className={classes.level}>{value}</span>{" "}
            <span className="lw-quiet lw-number">{formatCount(count)}</span>
          </span>
        ))}
        {rest > 0 && <span className="lw-quiet">and {formatCount(rest)} more</span>}
      </span>
    );
  }
  if (texts) {
    return (
      <span className="lw-muted">
        {formatCount(texts.shortest)} to {formatCount(texts.longest)} characters, {formatNumber(texts.mean)} on average
      </span>
    );
  }
  return <span className="lw-quiet">all values missing</span>;
}
