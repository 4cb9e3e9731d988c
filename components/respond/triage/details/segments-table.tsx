import { formatCount, formatPercent } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

/** Parts of the traffic with more of what is bad than of all. */
export function SegmentsTable({ segments }: { segments: NonNullable<Chosen["segments"]> }) {
  const { rows, bad, seen, statuses, why } = segments;
  return (
    <section aria-label="Most affected segments">
      <h2 className={classes.heading}>
        Most affected segments
        <span>
          segments since the rise, based on {formatCount(bad)} bad requests and a sample of {formatCount(seen)}
        </span>
      </h2>
      {why ? (
        <p className="lw-small lw-quiet">{why}</p>
      ) : (
        <div className={classes.wide}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Segment</th>
                <th scope="col">Traffic</th>
                <th scope="col">Bad before</th>
                <th scope="col">Bad now</th>
                <th scope="col" colSpan={2}>
                  Share of bad requests
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, href, ofTraffic, ofBad, badBefore, badNow }) => (
                <tr key={name}>
                  <th scope="row" className="lw-mono">
                    {href ? <Link href={href}>{name}</Link> : name}
                  </th>
                  <td className="lw-number" title={interval(ofTraffic)}>
                    {formatPercent(ofTraffic.share, { decimals: 0 })}
                  </td>
                  <td className="lw-number">
                    {badBefore === null ? "insufficient data" : formatPercent(badBefore, { decimals: 1 })}
                  </td>
                  <td className="lw-number lw-strong">
                    {badNow === null ? "insufficient data" : formatPercent(badNow, { decimals: 1 })}
                  </td>
                  <td>
                    <span className={classes.share} aria-hidden="true">
                      <span style={{ width: `${ofBad.share * 100}%` }} />
                      <i style={{ left: `${ofBad.low * 100}%`, width: `${(ofBad.high - ofBad.low) * 100}%` }} />
                    </span>
                  </td>
                  <td className="lw-number" title={interval(ofBad)}>
                    {formatPercent(ofBad.share, { decimals: 0 })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {statuses.length > 0 && (
        <p className="lw-caption lw-quiet">
          By status: {statuses.map(({ status, count }) => `${status} ${formatCount(count)}`).join(", ")}
        </p>
      )}
    </section>
  );
}

function interval({ low, high }: { low: number; high: number }): string {
  return `between ${formatPercent(low)} and ${formatPercent(high)}, 95% interval`;
}
