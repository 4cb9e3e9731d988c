import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber, formatPercent } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type {
  Estimated,
  OutcomeComparison,
  RolloutOutcomes,
  Variant,
} from "#server/release/rollouts/outcomes/contract.ts";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { versionNames } from "./rollout-text.ts";
import { VersionMark } from "./version-mark.tsx";

/** Compares the outcomes of both versions: units with each business event, their value, and the uncertainty of the difference. */
export function OutcomesPanel({ rollout, found }: { rollout: Rollout; found: RolloutOutcomes | undefined }) {
  const names = versionNames(rollout);
  if (!found)
    return (
      <Panel title="Business events" id="outcomes">
        <FailedState title="Could not load business events">Reload the page to retry.</FailedState>
      </Panel>
    );
  const headOf = (arm: "stable" | "canary") => (
    <>
      <VersionMark rollout={rollout} arm={arm} /> {names[arm]}
    </>
  );
  const columns: Column<OutcomeComparison>[] = [
    {
      key: "name",
      head: "Event",
      cell: ({ name, isGuardrail }) => (
        <>
          {name} {isGuardrail && <Tag>guardrail</Tag>}
        </>
      ),
    },
    { key: "stable", head: headOf("stable"), align: "right", cell: (row) => <VariantCell variant={row.stable} /> },
    { key: "canary", head: headOf("canary"), align: "right", cell: (row) => <VariantCell variant={row.canary} /> },
    {
      key: "ratio",
      head: "Rate ratio to stable",
      align: "right",
      cell: ({ rateRatio }) => <EstimatedCell of={rateRatio} words={(value) => `${formatNumber(value)}×`} none="0×" />,
    },
    {
      key: "gain",
      head: "Value difference per unit",
      align: "right",
      cell: ({ valueGain }) => <EstimatedCell of={valueGain} words={formatNumber} />,
    },
    {
      key: "total",
      head: `Total value difference of ${names.canary}`,
      align: "right",
      cell: ({ totalGain }) => <EstimatedCell of={totalGain} words={formatNumber} />,
    },
    {
      key: "after",
      head: "After promotion",
      align: "right",
      cell: ({ after }) => (after ? <VariantCell variant={after} /> : <span className="lw-quiet">no data</span>),
    },
  ];
  return (
    <Panel
      id="outcomes"
      title="Business events"
      subtitle={`per ${unitLabels[found.unit]}; ${formatPercent(found.level)} intervals, valid at any time`}
      flush
    >
      <DataTable
        label="Business events by version"
        density="dense"
        rows={found.outcomes}
        columns={columns}
        rowKey={({ name }) => name}
        empty={
          <EmptyState title="No business events yet">
            Post business events that follow requests, such as orders and their value, to /api/v1/endpoints/
            {rollout.endpoint}
            /outcomes.
          </EmptyState>
        }
      />
    </Panel>
  );
}

const unitLabels: Record<RolloutOutcomes["unit"], string> = {
  request: "sampled requests",
  token: "tokens",
  header: "keys",
};

function VariantCell({ variant: { units, events, rate, value, valuePerUnit } }: { variant: Variant }) {
  if (units === 0) return <span className="lw-quiet">no data</span>;
  return (
    <>
      {formatPercent(rate.estimate)}
      <br />
      <span className="lw-small lw-quiet">
        {formatCountOf(events, units)}
        {rate.low !== null && rate.high !== null && `, ${formatPercent(rate.low)} to ${formatPercent(rate.high)}`}
      </span>
      {value !== null && (
        <>
          <br />
          <span className="lw-small lw-quiet">
            value {formatNumber(value)}, {formatNumber(valuePerUnit.estimate)} per unit
          </span>
        </>
      )}
    </>
  );
}

/** @param none text shown without a lower bound */
function EstimatedCell({
  of: { estimate, low, high },
  words,
  none = "unbounded",
}: {
  of: Estimated;
  words: (value: number) => string;
  none?: string;
}) {
  if (estimate === null && low === null && high === null) return <span className="lw-quiet">insufficient data</span>;
  return (
    <>
      {estimate === null ? "insufficient data" : words(estimate)}
      <br />
      <span className="lw-small lw-quiet">
        {low === null ? none : words(low)} to {high === null ? "unbounded" : words(high)}
      </span>
    </>
  );
}
