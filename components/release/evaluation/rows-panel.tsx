import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import { SegmentedLinks, type TabItem } from "#components/ui/tabs.tsx";
import type { ChangedRowsPage, EvaluatedRow } from "#server/release/evaluation/contract.ts";
import { valueText } from "./metric-text.ts";
import { RowPicture } from "./row-picture.tsx";

type Value = EvaluatedRow["label"];
type Changed = ChangedRowsPage["rows"][number];

interface Paging {
  offset: number;
  total: number;
  previousHref: string | undefined;
  nextHref: string | undefined;
}

interface RowsFrame {
  paging: Paging;
  /** Which rows are shown, as links. */
  filters: TabItem[];
  dataset: { name: string; digest: string };
  /** Data URLs by row, of versions that get pictures. */
  pictures?: ReadonlyMap<number, string> | undefined;
  /** Class whose probability the score is; undefined where it is that of the prediction. */
  scoreOf?: string | undefined;
  isOfBoxes?: boolean;
  right?: React.ReactNode;
}

/** Renders labels and predictions of one version. */
export function RowsPanel({ rows, sort, ...frame }: RowsFrame & { rows: readonly EvaluatedRow[]; sort: LossSort }) {
  return (
    <Frame {...frame}>
      <DataTable
        label="Rows"
        rows={rows}
        columns={withPictures(columnsOf(sort, frame.scoreOf), frame.pictures)}
        rowKey={({ row }) => String(row)}
        sort={sort.isByLoss ? { key: "loss", direction: "descending" } : { key: "row", direction: "ascending" }}
        density="dense"
        empty={<EmptyState title="No such rows">Select other rows above.</EmptyState>}
        foot={<Foot paging={frame.paging} shown={rows.length} />}
      />
    </Frame>
  );
}

interface ChangedRowsProps extends RowsFrame {
  rows: readonly Changed[];
  version: number;
  base: number;
}

/** Renders the rows on which two versions differ. */
export function ChangedRows({ rows, version, base, ...frame }: ChangedRowsProps) {
  return (
    <Frame {...frame}>
      <DataTable
        label="Changed rows"
        rows={rows}
        columns={withPictures(changedColumns(version, base), frame.pictures)}
        rowKey={({ row }) => String(row)}
        density="dense"
        empty={<EmptyState title="No such rows">No row of the set changed like this.</EmptyState>}
        foot={<Foot paging={frame.paging} shown={rows.length} />}
      />
    </Frame>
  );
}

function Frame({
  filters,
  dataset,
  scoreOf,
  isOfBoxes,
  right,
  children,
}: Omit<RowsFrame, "paging" | "pictures"> & { children: React.ReactNode }) {
  return (
    <Panel
      title="Rows"
      subtitle={
        <span data-prose>
          numbered as in <Link href={datasetHref(dataset.name, dataset.digest)}>{dataset.name}</Link>
          {scoreOf !== undefined && `; score: probability of ${scoreOf}`}
          {isOfBoxes && "; boxes of labels are solid, predicted ones dashed"}
        </span>
      }
      right={
        <>
          <SegmentedLinks label="Rows shown" items={filters} />
          {right}
        </>
      }
      flush
    >
      {children}
    </Panel>
  );
}

function Foot({ paging: { offset, total, previousHref, nextHref }, shown }: { paging: Paging; shown: number }) {
  if (total === 0) return null;
  return (
    <TableFoot
      from={offset + 1}
      to={offset + shown}
      total={total}
      noun="row"
      previousHref={previousHref}
      nextHref={nextHref}
    />
  );
}

interface LossSort {
  isByLoss: boolean;
  rowHref: string;
  lossHref: string;
}

function columnsOf(sort: LossSort, scoreOf: string | undefined): Column<EvaluatedRow>[] {
  return [
    { key: "row", head: "Row", width: 90, sortHref: sort.rowHref, cell: ({ row }) => formatCount(row) },
    { key: "label", head: "Label", cell: ({ label }) => shownValue(label) },
    {
      key: "prediction",
      head: "Prediction",
      cell: ({ prediction }) => (prediction === null ? "no prediction" : shownValue(prediction)),
    },
    {
      key: "score",
      head: scoreOf === undefined ? "Score" : `Score of ${scoreOf}`,
      align: "right",
      cell: ({ score }) => valueText("number", score),
    },
    {
      key: "loss",
      head: "Loss",
      align: "right",
      sortHref: sort.lossHref,
      cell: ({ loss }) => valueText("number", loss),
    },
    {
      key: "correct",
      head: "Result",
      cell: ({ isCorrect }) =>
        isCorrect === null ? (
          noValue
        ) : (
          <StatusBadge state={isCorrect ? "on-target" : "missed"}>{isCorrect ? "Correct" : "Incorrect"}</StatusBadge>
        ),
    },
  ];
}

/** Puts the picture of each row behind its number. */
function withPictures<Row extends { row: number; boxes?: EvaluatedRow["boxes"] }>(
  [first, ...columns]: Column<Row>[],
  pictures: RowsFrame["pictures"],
): Column<Row>[] {
  if (!first || !pictures) return first ? [first, ...columns] : [];
  const shown: Column<Row> = {
    key: "picture",
    head: "Picture",
    cell: ({ row, boxes }) => <RowPicture row={row} source={pictures.get(row)} boxes={boxes} />,
  };
  return [first, shown, ...columns];
}

/** Columns of rows that changed. */
export function changedColumns(version: number, base: number): Column<Changed>[] {
  return [
    { key: "row", head: "Row", width: 90, cell: ({ row }) => formatCount(row) },
    { key: "label", head: "Label", cell: ({ label }) => shownValue(label) },
    {
      key: "base",
      head: `v${base}`,
      cell: ({ second, label }) => <Said {...second} isCorrect={second.prediction === label} />,
    },
    {
      key: "own",
      head: `v${version}`,
      cell: ({ first, label }) => <Said {...first} isCorrect={first.prediction === label} />,
    },
  ];
}

/** A prediction with its score; struck through where it is incorrect. */
function Said({ prediction, score, isCorrect }: { prediction: Value; score: number | null; isCorrect: boolean }) {
  if (prediction === null) return "no prediction";
  const text = shownValue(prediction);
  return (
    <>
      {isCorrect ? text : <s>{text}</s>} <span className="lw-quiet lw-number">{valueText("number", score)}</span>
      <span className="lw-hidden">{isCorrect ? ", correct" : ", incorrect"}</span>
    </>
  );
}

function shownValue(value: Value): string {
  if (value === null) return noValue;
  return typeof value === "number" ? formatNumber(value) : value;
}
