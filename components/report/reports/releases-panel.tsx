import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { ReleaseBars } from "./release-bars.tsx";
import classes from "./releases-panel.module.css";

const most = 4;

/** Charts releases and rollbacks over twelve periods, and lists the newest releases of the current one. */
export function ReleasesPanel({ facts: { releases, period, timeZone } }: { facts: ReportFacts }) {
  const latest = releases.latest.slice(0, most);
  return (
    <Panel
      title="Releases"
      right={
        <span className={classes.legend}>
          <span data-kind="released">released</span>
          <span data-kind="rolled-back">rolled back</span>
        </span>
      }
    >
      <ReleaseBars buckets={releases.buckets} period={period} />
      {latest.length === 0 ? (
        <p className="lw-quiet lw-small">{`No releases this ${period}.`}</p>
      ) : (
        <ul className={classes.list}>
          {latest.map(({ kind, model, version, words, at, href }) => (
            <li className={classes.release} key={`${href}${at}`}>
              <StatusShape state={kind === "released" ? "finished" : "rolled-back"} />
              <span className="lw-truncate" title={words}>
                <Link className={classes.name} href={href}>{`${model} v${version}`}</Link>{" "}
                <span className="lw-muted lw-small">{words}</span>
              </span>
              <span className="lw-quiet lw-small">{dayOf(at, period, timeZone)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function dayOf(at: number, period: ReportFacts["period"], timeZone: string): string {
  const day = period === "week" ? ({ weekday: "short" } as const) : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat("en-GB", { ...day, timeZone }).format(at);
}
