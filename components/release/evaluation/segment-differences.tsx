import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { EvaluationComparison } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { IntervalBars } from "./interval-bars.tsx";
import { scaleOf } from "./interval-geometry.ts";
import { differenceRange, differenceText } from "./metric-text.ts";

type Row = EvaluationComparison["segments"][number];

interface SegmentDifferencesProps {
  comparison: EvaluationComparison;
  /** Address of the rows that changed in a segment. */
  rowsHref: Readonly<Record<string, string>>;
}

/** Renders the difference of two versions in each segment, the worst first. */
export function SegmentDifferences({ comparison, rowsHref }: SegmentDifferencesProps) {
  const { segments, first, second } = comparison;
  const compared = segments.filter(({ result }) => result.verdict !== null && result.verdict !== "insufficient-data");
  const scale = scaleOf([0, ...compared.map(({ result }) => result.interval ?? result.difference)]);
  const hasCounts = segments.some(({ onlyFirst }) => onlyFirst !== null);
  // At 95%, one in twenty intervals misses a difference of 0.
  const byChance = Math.round(compared.length / 20);
  return (
    <Panel title="Segments" subtitle="worst difference first" flush>
      <DataTable
        label="Segments"
        rows={segments}
        columns={columnsOf({ first: first.version, second: second.version, scale, hasCounts })}
        rowKey={({ id }) => id}
        rowHref={({ id }) => rowsHref[id]}
        density="dense"
        maxHeight="420px"
        empty={
          <EmptyState title="No segments">
            Segments are evaluated if columns or conditions are set when the set is frozen.
          </EmptyState>
        }
      />
      {compared.length > 0 && (
        <p className={classes.notes}>
          {plural(compared.length, "segment")} compared; about 1 in 20 would differ by chance
          {byChance > 0 && `, here ${byChance}`}
        </p>
      )}
    </Panel>
  );
}

interface ColumnsInput {
  first: number;
  second: number;
  scale: { low: number; high: number };
  hasCounts: boolean;
}

function columnsOf({ first, second, scale, hasCounts }: ColumnsInput): Column<Row>[] {
  const counts: Column<Row>[] = hasCounts
    ? [
        { key: "first", head: `Only v${first}`, align: "right", cell: ({ onlyFirst }) => formatCount(onlyFirst) },
        { key: "second", head: `Only v${second}`, align: "right", cell: ({ onlySecond }) => formatCount(onlySecond) },
      ]
    : [];
  return [
    { key: "segment", head: "Segment", cell: ({ title }) => <code>{title}</code> },
    { key: "rows", head: "Rows", align: "right", cell: ({ result }) => formatCount(result.rows) },
    ...counts,
    {
      key: "bars",
      head: "",
      cell: ({ result: { difference, interval, verdict } }) =>
        difference === null || verdict === "insufficient-data" ? (
          <span className="lw-quiet">insufficient data</span>
        ) : (
          <IntervalBars
            scale={scale}
            values={[{ value: difference, interval }]}
            mark={0}
            tone={verdict === "better" || verdict === "worse" ? verdict : undefined}
          />
        ),
    },
    {
      key: "difference",
      head: "Difference",
      cell: ({ result: { scale: unit, difference, interval } }) => (
        <>
          {differenceText(unit, difference)}{" "}
          <span className="lw-quiet lw-small">{differenceRange(unit, interval)}</span>
        </>
      ),
    },
  ];
}
