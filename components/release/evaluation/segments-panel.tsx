import { SeriesSwatch } from "#components/charts/legend.tsx";
import { type SeriesStyle, styleVersions } from "#components/charts/series-style.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { EvaluationComparison, EvaluationMetric, SegmentResult } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { IntervalBars } from "./interval-bars.tsx";
import { scaleOf } from "./interval-geometry.ts";
import { differenceText, valueText } from "./metric-text.ts";
import { VerdictBadge } from "./verdict-badge.tsx";

interface EvaluatedSegmentsProps {
  model: string;
  version: number;
  /** Lowest headline first. */
  segments: readonly SegmentResult[];
  /** Headline of all rows. */
  headline: EvaluationMetric;
  base: { version: number; segments: readonly SegmentResult[]; compared: EvaluationComparison["segments"] } | undefined;
  /** Segments shown; all by default. */
  most?: number | undefined;
  /** Address of all segments. */
  allHref?: string | undefined;
  /** Address of the rows of a segment. */
  rowsHref: Readonly<Record<string, string>>;
}

interface Row {
  segment: SegmentResult;
  metric: EvaluationMetric | undefined;
  other: EvaluationMetric | undefined;
  compared: EvaluationComparison["segments"][number] | undefined;
}

/** Renders the segments of a set with the intervals of both versions; a row leads to the rows of its segment. */
export function EvaluatedSegments(props: EvaluatedSegmentsProps) {
  const { model, version, segments, headline, base, most = segments.length, allHref, rowsHref } = props;
  const shown = segments.slice(0, most).map((segment): Row => {
    const other = base?.segments.find(({ id }) => id === segment.id);
    return {
      segment,
      metric: segment.metrics.find(({ id }) => id === headline.id),
      other: other?.metrics.find(({ id }) => id === headline.id),
      compared: base?.compared.find(({ id }) => id === segment.id),
    };
  });
  const [own, second] = styleVersions([{ model, version }, ...(base ? [{ model, version: base.version }] : [])]);
  const count = shown.length < segments.length ? `, ${shown.length} of ${segments.length}` : "";
  return (
    <Panel
      title="Segments"
      subtitle={`${headline.title.toLowerCase()}, lowest first${count}`}
      right={
        shown.length > 0 && (
          <span className={classes.legend}>
            {own && (
              <span>
                <SeriesSwatch style={{ ...own, dash: undefined }} /> v{version}
              </span>
            )}
            {base && second && (
              <span>
                <SeriesSwatch style={{ ...second, dash: "3 2" }} /> v{base.version}
              </span>
            )}
          </span>
        )
      }
      flush
    >
      <DataTable
        label="Segments"
        rows={shown}
        columns={columnsOf({ shown, headline, version, base: base?.version, styles: [own, second] })}
        rowKey={({ segment }) => segment.id}
        rowHref={({ segment }) => rowsHref[segment.id]}
        density="dense"
        empty={
          <EmptyState title="No segments">
            Segments are evaluated if columns or conditions are set when the set is frozen.
          </EmptyState>
        }
        foot={
          shown.length < segments.length && allHref ? (
            <>
              <span>{formatCount(segments.length - shown.length)} more</span>
              <Link href={allHref}>Show all</Link>
            </>
          ) : undefined
        }
      />
    </Panel>
  );
}

interface ColumnsInput {
  shown: readonly Row[];
  headline: EvaluationMetric;
  version: number;
  base: number | undefined;
  styles: readonly (SeriesStyle | undefined)[];
}

function columnsOf({ shown, headline, version, base, styles }: ColumnsInput): Column<Row>[] {
  const { scale: unit } = headline;
  const scale = scaleOf([
    headline.value,
    ...shown.flatMap(({ metric, other }) => [
      metric?.interval ?? metric?.value ?? null,
      other?.interval ?? other?.value ?? null,
    ]),
  ]);
  const isSmall = (row: Row) => row.segment.isSmall;
  const columns: Column<Row>[] = [
    { key: "segment", head: "Segment", cell: ({ segment }) => <code>{segment.title}</code> },
    { key: "rows", head: "Rows", align: "right", cell: ({ segment }) => formatCount(segment.rows) },
    {
      key: "own",
      head: `v${version}`,
      align: "right",
      span: (row) => (isSmall(row) ? (base === undefined ? 2 : 3) : 1),
      cell: (row) =>
        isSmall(row) ? (
          <span className="lw-quiet">insufficient data, below 30 rows</span>
        ) : (
          <strong>{valueText(unit, row.metric?.value ?? null)}</strong>
        ),
    },
  ];
  if (base !== undefined)
    columns.push({
      key: "base",
      head: `v${base}`,
      align: "right",
      cell: ({ other }) => valueText(unit, other?.value ?? null),
    });
  columns.push({
    key: "bars",
    head: (
      <span className={classes.ends}>
        <span>{valueText(unit, scale.low)}</span>
        <span>{valueText(unit, scale.high)}</span>
      </span>
    ),
    cell: ({ metric, other }) => {
      const values = [
        { metric, style: styles[0] },
        { metric: other, style: styles[1] },
      ].flatMap(({ metric: each, style }) =>
        each && each.value !== null ? [{ value: each.value, interval: each.interval, style }] : [],
      );
      return <IntervalBars scale={scale} values={values} mark={headline.value ?? undefined} />;
    },
  });
  if (base === undefined) return columns;
  return [
    ...columns,
    {
      key: "difference",
      head: `v${version} − v${base}`,
      align: "right",
      cell: ({ compared }) => (compared ? differenceText(unit, compared.result.difference) : noValue),
    },
    {
      key: "verdict",
      head: "Paired",
      cell: ({ compared }) => (compared?.result.verdict ? <VerdictBadge verdict={compared.result.verdict} /> : noValue),
    },
  ];
}
