import { shareOfLimit } from "#components/develop/features/view-state.ts";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatNumber, formatPercent } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { ViewRow } from "./view-row.ts";

/** Renders the numbers of all views together. What nothing has measured is left out. */
export function ViewTiles({ rows }: { rows: readonly ViewRow[] }) {
  const limited = rows.flatMap(({ facts }) => shareOfLimit(facts) ?? []);
  const served = rows.filter(({ lookUpsPerSecond }) => lookUpsPerSecond !== null);
  const rate = sumOf(served, ({ lookUpsPerSecond }) => lookUpsPerSecond);
  const compared = rows.flatMap(({ skew }) => skew ?? []);
  const known = sharesOf(compared.map((skew) => skew.known));
  const actual = sharesOf(compared.map((skew) => skew.true));
  const weighted = (of: (row: ViewRow) => number | null) =>
    rate === 0 ? null : sumOf(served, (row) => (of(row) ?? 0) * (row.lookUpsPerSecond ?? 0)) / rate;
  return (
    <MetricStrip>
      <MetricTile
        label="Freshness targets met"
        value={`${formatCount(limited.filter((share) => share <= 1).length)} of ${formatCount(limited.length)}`}
        comparison="views with a limit and rows"
      />
      {served.length > 0 && (
        <>
          <MetricTile label="Look-ups" value={formatNumber(rate)} unit="/s" comparison="last day" />
          <MetricTile
            label={
              <Definition
                name="Stale values"
                sentence="Share of look-ups that found a row older than its view’s limit."
              >
                Stale values
              </Definition>
            }
            value={formatPercent(weighted(({ staleShare }) => staleShare))}
            comparison="of look-ups"
          />
          <MetricTile
            label="Found"
            value={formatPercent(weighted(({ foundShare }) => foundShare))}
            comparison="of look-ups"
          />
        </>
      )}
      {compared.length > 0 && (
        <>
          <MetricTile
            label={
              <Definition
                name="Served ≠ known"
                sentence="Values served in the last 14 days that differ from the row that had arrived a second before. Each is an error in Leeway. Values sent with requests are not counted."
              >
                Served ≠ known
              </Definition>
            }
            value={formatCount(known.mismatched)}
            unit={`of ${formatCount(known.compared)}`}
            comparison="values, last 14 days"
          />
          <MetricTile
            label={
              <Definition
                name="Served ≠ true"
                sentence="Share of the values served in the last 14 days that differ from what is known today: late, corrected and expired rows."
              >
                Served ≠ true
              </Definition>
            }
            value={formatPercent(actual.compared === 0 ? null : actual.mismatched / actual.compared)}
            comparison="late or corrected data"
          />
        </>
      )}
    </MetricStrip>
  );
}

function sumOf(rows: readonly ViewRow[], of: (row: ViewRow) => number | null): number {
  return rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
}

function sharesOf(counts: readonly { compared: number; mismatched: number }[]) {
  return {
    compared: counts.reduce((sum, { compared }) => sum + compared, 0),
    mismatched: counts.reduce((sum, { mismatched }) => sum + mismatched, 0),
  };
}
