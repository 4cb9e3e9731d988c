import { Sparkline } from "#components/charts/sparkline.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SloCondition } from "#server/watch/objectives/contract.ts";
import { formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";
import { sloHref } from "./addresses.ts";
import { burnText, describeUnending, formatRemaining } from "./budget-text.ts";
import { LeewayScale } from "./leeway-scale.tsx";
import { firstSentence, formatPeriod, formatTarget } from "./slo-facts.ts";
import classes from "./slos-table.module.css";

/** Renders SLOs in the given order, worst first unless they are grouped. */
export function SlosTable({ slos, now, label }: { slos: readonly SloSummary[]; now: number; label: string }) {
  const periods = [...new Set(slos.map(({ period }) => formatPeriod(period)))];
  const columns: Column<SloSummary>[] = [
    { key: "service", head: "Endpoint", cell: ({ service }) => service },
    {
      key: "promise",
      head: periods.length === 1 ? `Objective, ${periods[0]}` : "Objective",
      cell: (slo) => (
        <span className={classes.promise}>
          <span title={slo.indicatorWords}>{slo.displayName || firstSentence(slo.indicatorWords)}</span>
          {periods.length > 1 && <span className="lw-quiet">{formatPeriod(slo.period)}</span>}
        </span>
      ),
    },
    { key: "target", head: "Target", align: "right", cell: ({ target }) => formatTarget(target) },
    {
      key: "ratio",
      head: "Now",
      align: "right",
      cell: ({ budget }) => formatPercent(budget?.ratio ?? null, { decimals: 2 }),
    },
    {
      key: "left",
      head: "Error budget left",
      width: 96,
      cell: ({ budget }) => <LeewayScale budget={budget} now={now} />,
    },
    {
      key: "number",
      head: <span className="lw-hidden">Left</span>,
      align: "right",
      cell: ({ budget }) => <Left budget={budget} />,
    },
    {
      key: "state",
      head: "State",
      cell: ({ condition }) => <SloState condition={condition} />,
    },
    {
      key: "spark",
      isSecondary: true,
      head: "Trend",
      cell: ({ spark }) =>
        spark.some((value) => value !== null) && (
          <Sparkline points={spark.map((value, at) => ({ at, value }))} width={64} objective={0} />
        ),
    },
    { key: "burn", head: "Burn", align: "right", cell: ({ budget }) => burnText(budget?.burnRate) },
    {
      key: "gone",
      isSecondary: true,
      head: "Exhausted",
      cell: ({ budget }) =>
        budget?.exhaustedAt ? (
          <RelativeTime at={budget.exhaustedAt} />
        ) : (
          <span className="lw-quiet">{describeUnending(budget)}</span>
        ),
    },
    {
      key: "owner",
      head: "Owner",
      cell: ({ team, missing }) =>
        missing.length > 0 ? (
          <span className={classes.lacks} title={`no ${missing.join(", no ")}`}>
            no {missing[0]}
          </span>
        ) : (
          team?.name
        ),
    },
  ];
  return (
    <DataTable
      label={label}
      rows={slos}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ name }) => sloHref(name)}
    />
  );
}

/** Renders "36%" or "18% over"; the header states that it is the remaining budget. */
function Left({ budget }: Pick<SloSummary, "budget">) {
  const remaining = budget?.remaining ?? null;
  if (remaining === null) return <span className="lw-quiet">{noValue}</span>;
  if (remaining >= 0) return <strong>{formatBudgetLeft(remaining)}</strong>;
  // The number of bad events does not fit beside ten other columns.
  return <strong title={formatRemaining(budget)}>{formatRemaining({ remaining })}</strong>;
}

/** Shows the current state of an SLO in one word. */
export function SloState({
  condition: { state, word },
  filled = false,
}: {
  condition: SloCondition;
  filled?: boolean;
}) {
  return (
    <StatusBadge state={state} filled={filled}>
      {word}
    </StatusBadge>
  );
}
