import { formatMoney, formatNumber, formatPercent, formatUnit } from "#components/ui/format.ts";
import { formatDate } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { Kpi } from "#server/report/kpis/contract.ts";
import type { KpiReturn } from "#server/report/kpis/returns/contract.ts";
import { kpiHref } from "./addresses.ts";

interface ReturnProps {
  kpi: Kpi;
  /** Endpoints with deployments, and the one shown. */
  endpoints: readonly string[];
  endpoint: string;
  found: KpiReturn | undefined;
}

/** Shows the impact of an endpoint's newest deployment: the days after it compared with the days before, with an interval. */
export function KpiReturnPanel({ kpi, endpoints, endpoint, found }: ReturnProps) {
  const { unit } = kpi.definition;
  const worth = (value: number | null | undefined) => (unit ? formatUnit(value, unit) : formatNumber(value));
  const span = (of: { low: number; high: number } | null | undefined, words: (value: number) => string) =>
    of ? `${words(of.low)} to ${words(of.high)}, 95%` : "not enough days yet";
  return (
    <Panel
      title="Impact of the last deployment"
      subtitle={
        found
          ? `${found.version}, ${formatDate(found.deployedAt, found.timeZone)}; full days, ${found.timeZone}`
          : undefined
      }
      right={
        endpoints.length > 1 && (
          <SegmentedLinks
            label="Endpoint"
            items={endpoints.map((name) => ({
              label: name,
              href: kpiHref(kpi.name, name),
              current: name === endpoint,
            }))}
          />
        )
      }
    >
      {found ? (
        <>
          <MetricStrip>
            <MetricTile
              label="Before, per day"
              value={found.before.valuePerDay === null ? null : worth(found.before.valuePerDay)}
              comparison={`${found.before.days} days`}
            />
            <MetricTile
              label="After, per day"
              value={found.after.valuePerDay === null ? null : worth(found.after.valuePerDay)}
              comparison={`${found.after.days} days`}
            />
            <MetricTile
              label="Change per day"
              value={found.gainPerDay ? worth(found.gainPerDay.estimate) : null}
              comparison={span(found.gainPerDay, (value) => formatNumber(value))}
            />
            <MetricTile
              label="Additional cost"
              value={found.extraCost === null ? null : formatMoney(found.extraCost, "")}
              comparison={found.extraCost === null ? "no prices set" : "serving cost, days after deployment"}
            />
            <MetricTile
              label="Return on investment"
              value={found.returnOnInvestment ? formatPercent(found.returnOnInvestment.estimate) : null}
              comparison={span(found.returnOnInvestment, (value) => formatPercent(value))}
            />
          </MetricStrip>
          {found.words.map((words) => (
            <p className="lw-muted" style={{ marginTop: 8 }} key={words}>
              {words}
            </p>
          ))}
        </>
      ) : (
        <PanelSection>Nothing has been deployed to {endpoint} yet.</PanelSection>
      )}
    </Panel>
  );
}
