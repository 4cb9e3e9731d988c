import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatMoney, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { GainsPart, PolicyGains } from "#server/improve/retraining/outcome/contract.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { signedDifference, triggerLabels } from "./outcome-text.ts";

/** Shows what the ended cycles of a policy gained and cost, in all and by what they started from. */
export function GainsPanel({ gains }: { gains: PolicyGains }) {
  const { metric, cycles, adopted, helped, harmed, noDifference, notKnown, gained, costPerPoint, currency } = gains;
  if (cycles === 0) {
    return (
      <Panel title="Gains">
        <EmptyState title="No ended cycles">The outcome of a cycle is available a few days after adoption.</EmptyState>
      </Panel>
    );
  }
  const perPoint = metric && !metricFacts[metric].isShare ? "Cost per unit gained" : "Cost per point gained";
  return (
    <Panel title="Gains" subtitle="of adopted candidates over the previous versions" flush>
      <div style={{ padding: "12px 14px" }}>
        <p style={{ marginTop: 0 }}>{gains.words}</p>
        <dl className="lw-facts">
          <dt>Ended cycles</dt>
          <dd>
            {formatCount(cycles)}, {formatCount(adopted)} adopted
          </dd>
          <dt>Helped</dt>
          <dd>{formatCount(helped)}</dd>
          <dt>Regressed</dt>
          <dd>{formatCount(harmed)}</dd>
          <dt>No difference</dt>
          <dd>{formatCount(noDifference)}</dd>
          <dt>Unknown</dt>
          <dd>{formatCount(notKnown)}</dd>
          <dt>Total gain</dt>
          <dd>{signedDifference(metric, gained?.sum ?? null)}</dd>
          <dt>Mean gain per adoption</dt>
          <dd>{signedDifference(metric, gained?.mean ?? null)}</dd>
          <dt>Training cost</dt>
          <dd>{costText(gains)}</dd>
          <dt>{perPoint}</dt>
          <dd>{costPerPoint === null ? noValue : formatMoney(costPerPoint, currencySign(currency))}</dd>
        </dl>
      </div>
      <DataTable
        label="Gains by trigger"
        rows={gains.byTrigger}
        rowKey={({ trigger }) => trigger}
        empty={null}
        columns={[
          { key: "trigger", head: "Trigger", cell: ({ trigger }) => triggerLabels[trigger] },
          { key: "cycles", head: "Started", align: "right", cell: (part) => formatCount(part.cycles) },
          { key: "adopted", head: "Adopted", align: "right", cell: (part) => formatCount(part.adopted) },
          { key: "helped", head: "Helped", align: "right", cell: (part) => formatCount(part.helped) },
          {
            key: "gained",
            head: "Gained",
            align: "right",
            cell: (part) => signedDifference(metric, part.gained?.sum ?? null),
          },
          { key: "cost", head: "Cost", align: "right", cell: costText },
        ]}
      />
    </Panel>
  );
}

function costText({ cost, currency }: GainsPart): string {
  return cost === null ? noValue : formatMoney(cost, currencySign(currency));
}
