import { LineChart } from "#components/charts/line-chart.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationPanels } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { PredictionScatter } from "./prediction-scatter.tsx";

type Regression = Extract<EvaluationPanels, { kind: "regression" }>;
type Forecast = Extract<EvaluationPanels, { kind: "forecast" }>;
type Series = Forecast["worstSeries"][number];
type Horizon = Forecast["byHorizon"][number];

/** Renders errors of numbers, and predictions by label. */
export function RegressionPanels({ panels, rowsHref }: { panels: Regression; rowsHref: string }) {
  return (
    <Columns columns="minmax(0, 1.6fr) minmax(0, 1fr)">
      <PredictionScatter points={panels.scatter} rowsHref={rowsHref} />
      <ErrorQuantiles quantiles={panels.errorQuantiles} />
    </Columns>
  );
}

interface ForecastPanelsProps {
  panels: Forecast;
  version: number;
  base: { version: number; panels: Forecast } | undefined;
}

/** Renders errors by horizon and by series. */
export function ForecastPanels({ panels, version, base }: ForecastPanelsProps) {
  const { byHorizon, worstSeries, errorQuantiles } = panels;
  const numbers = byHorizon.length > 1 && byHorizon.every(({ horizon }) => Number.isFinite(Number(horizon)));
  return (
    <>
      <Columns columns="minmax(0, 1.6fr) minmax(0, 1fr)">
        {numbers ? (
          <LineChart
            title="WAPE by horizon"
            subtitle="in %, by steps ahead"
            unit="%"
            x="step"
            xNoun="steps ahead"
            height={240}
            fromZero
            series={[
              { id: "own", label: `v${version}`, version, points: wapePoints(byHorizon) },
              ...(base
                ? [
                    {
                      id: "base",
                      label: `v${base.version}`,
                      version: base.version,
                      points: wapePoints(base.panels.byHorizon),
                    },
                  ]
                : []),
            ]}
          />
        ) : (
          byHorizon.length > 0 && <HorizonTable rows={byHorizon} />
        )}
        <ErrorQuantiles quantiles={errorQuantiles} />
      </Columns>
      {numbers && <HorizonTable rows={byHorizon} />}
      {worstSeries.length > 0 && (
        <Panel title="Worst series" subtitle="highest absolute error first, at most ten" flush>
          <DataTable
            label="Worst series"
            rows={worstSeries}
            columns={seriesColumns}
            rowKey={({ series }) => series}
            density="dense"
          />
        </Panel>
      )}
    </>
  );
}

function wapePoints(byHorizon: readonly Horizon[]) {
  return byHorizon.map(({ horizon, wape }) => ({ at: Number(horizon), value: wape === null ? null : wape * 100 }));
}

function HorizonTable({ rows }: { rows: readonly Horizon[] }) {
  return (
    <Panel title="By horizon" subtitle="prediction less label, by steps ahead" flush>
      <DataTable
        label="Horizons"
        rows={rows}
        columns={horizonColumns}
        rowKey={({ horizon }) => horizon}
        density="dense"
        maxHeight="360px"
      />
    </Panel>
  );
}

const errorColumns = [
  { key: "rows", head: "Rows", align: "right", cell: ({ rows }: { rows: number }) => formatCount(rows) },
  {
    key: "wape",
    head: "WAPE",
    align: "right",
    cell: ({ wape }: { wape: number | null }) => formatPercent(wape, { decimals: 1 }),
  },
  { key: "bias", head: "Bias", align: "right", cell: ({ bias }: { bias: number }) => formatNumber(bias) },
] as const;

const horizonColumns: Column<Horizon>[] = [
  { key: "horizon", head: "Horizon", cell: ({ horizon }) => horizon },
  ...errorColumns,
];
const seriesColumns: Column<Series>[] = [
  { key: "series", head: "Series", cell: ({ series }) => series },
  ...errorColumns,
];

const quantileNames = ["5% of rows", "25%", "median", "75%", "95%"];

/** Renders how far predictions lie from labels. */
function ErrorQuantiles({ quantiles }: { quantiles: readonly number[] }) {
  return (
    <Panel title="Errors" subtitle="prediction less label, at or below">
      <dl className={classes.facts}>
        {quantiles.map((value, index) => (
          <div style={{ display: "contents" }} key={quantileNames[index]}>
            <dt>{quantileNames[index]}</dt>
            <dd className="lw-number">{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
