import { Sparkline } from "#components/charts/sparkline.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatChange, formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import type { CostReport, CostRow } from "#server/watch/cost/report/contract.ts";
import { endpointCostsHref } from "./addresses.ts";
import { BudgetBar } from "./budget-bar.tsx";
import { formatMonth, money } from "./money-text.ts";

const firstHeads = { model: "Model", team: "Team", machine: "Machine" };

/** Renders the costs of a month by model, team or machine, the most expensive first, with their total. */
export function CostsTable({ report }: { report: CostReport }) {
  const { rows, total, by, currency, month } = report;
  const columns: Column<CostRow>[] = [
    { key: "name", head: firstHeads[by], cell: (row) => (row === total ? <strong>{row.name}</strong> : row.name) },
    {
      key: "spent",
      head: `Spend in ${formatMonth(month).split(" ")[0]}`,
      align: "right",
      cell: ({ spent }) => <strong>{money(spent, currency)}</strong>,
    },
    {
      key: "share",
      head: "Share",
      align: "right",
      cell: ({ share }) => <span className="lw-quiet">{formatPercent(share, { decimals: 0 })}</span>,
    },
    ...(by === "machine" ? [] : perPrediction(report)),
    {
      key: "forecast",
      head: "Forecast",
      align: "right",
      cell: ({ forecast }) => <Value of={forecast?.value} currency={currency} />,
    },
    ...(by === "machine"
      ? []
      : [
          {
            key: "budget",
            head: "vs budget",
            cell: ({ forecast, budget, kind }: CostRow) =>
              !hasPredictions(kind) ? null : <BudgetBar forecast={forecast?.value ?? null} budget={budget} />,
          },
        ]),
    {
      key: "weeks",
      head: "6 weeks",
      cell: ({ weeks }) =>
        weeks.some((value) => value !== null) && (
          <Sparkline points={weeks.map((value, at) => ({ at, value }))} width={84} />
        ),
    },
    {
      key: "change",
      head: "Change",
      align: "right",
      cell: ({ before, spent }) => <Quiet words={formatChange(before, spent)} />,
    },
    {
      key: "busy",
      head: <Busy />,
      align: "right",
      cell: ({ busy, kind }) =>
        hasPredictions(kind) || kind === "machine" ? <Quiet words={formatPercent(busy, { decimals: 0 })} /> : null,
    },
  ];
  return (
    <DataTable
      label={`Costs by ${by}`}
      rows={rows.length > 0 ? [...rows, total] : []}
      columns={columns}
      rowKey={({ key }) => key}
      rowHref={({ kind, name }) => (kind === "endpoint" ? endpointCostsHref(name) : undefined)}
      isGroup={(row) => row === total}
    />
  );
}

function perPrediction({ currency, total }: CostReport): Column<CostRow>[] {
  return [
    {
      key: "per",
      head: (
        <Definition
          name="Cost per 1,000"
          sentence="Spend per thousand successful responses, whether served by the model or not. Shadow traffic costs money but serves no one."
          formula={`${money(total.spent, currency)} / ${formatCount(total.answered)} × 1,000\n= ${money(total.perThousand, currency)}`}
        >
          Per 1,000
        </Definition>
      ),
      align: "right",
      cell: ({ perThousand, kind }) => (hasPredictions(kind) ? <Value of={perThousand} currency={currency} /> : null),
    },
    {
      key: "correct",
      head: (
        <Definition
          name="Cost per 1,000 correct"
          sentence="Cost per 1,000 divided by the share of correct predictions among sampled labelled ones. Requires at least 30 labels and class predictions; otherwise it is not shown."
        >
          Per 1,000 correct
        </Definition>
      ),
      align: "right",
      cell: ({ perThousandCorrect, labelled, correctShare, kind }) =>
        !hasPredictions(kind) ? null : (
          <span title={describeLabel(labelled, correctShare)}>
            <Value of={perThousandCorrect} currency={currency} />
          </span>
        ),
    },
  ];
}

/** Returns whether a row can have served requests: training and storage cannot. */
function hasPredictions(kind: CostRow["kind"]): boolean {
  return kind === "endpoint" || kind === "team" || kind === "none";
}

function describeLabel(labelled: number | null, correctShare: number | null): string {
  if (correctShare !== null)
    return `${formatPercent(correctShare)} of ${formatCount(labelled)} labelled predictions correct`;
  return labelled ? `${formatCount(labelled)} labels, at least 30 required` : "No comparable labels";
}

function Busy() {
  return (
    <Definition
      name="Machine utilisation"
      sentence="Share of machine cost spent running models. The rest is idle cost, allocated by usage; if nothing ran, equally among the loaded models."
    >
      Machine utilisation
    </Definition>
  );
}

function Value({ of, currency }: { of: number | null | undefined; currency: string | null }) {
  return <Quiet words={money(of, currency)} />;
}

function Quiet({ words }: { words: string }) {
  return words === noValue ? <span className="lw-quiet">{words}</span> : words;
}
