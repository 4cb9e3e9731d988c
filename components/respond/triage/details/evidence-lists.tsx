import { formatPercent } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";
import { DriftLine } from "./drift-line.tsx";

/** Lists facts about the inputs, and similar past incidents. */
export function EvidenceLists({ chosen }: { chosen: Chosen }) {
  const { numbers, similar, endpoint } = chosen;
  return (
    <div className={classes.lists}>
      <section aria-label="Inputs">
        <h2 className={classes.heading}>
          Upstream data and drift<span>{endpoint?.name ?? ""}</span>
        </h2>
        <ul className={classes.list}>
          <li>
            <span>
              {numbers?.freshness ? (
                <>
                  <Link href={`/slos/${numbers.freshness.slo}`}>Features {numbers.freshness.words}</Link>:{" "}
                  {formatPercent(numbers.freshness.fresh)} in the last hour, target{" "}
                  {formatPercent(numbers.freshness.target)}
                </>
              ) : (
                "Feature freshness: no SLO defined, so it is not monitored."
              )}
            </span>
          </li>
          <li>
            <DriftLine drift={chosen.drift} />
          </li>
        </ul>
      </section>
      <section aria-label="Similar incidents">
        <h2 className={classes.heading}>
          Last similar incident<span>same rule or endpoint</span>
        </h2>
        {similar.length === 0 ? (
          <p className="lw-small lw-quiet">No similar incidents.</p>
        ) : (
          <ul className={classes.list}>
            {similar.map(({ number, title, startedAt, fixedBy, restoredMs }) => (
              <li key={number}>
                <span data-prose>
                  <Link href={`/incidents/${number}`}>INC-{number}</Link> {title}
                  <span className="lw-quiet">
                    {fixedBy ? `; resolved by: ${fixedBy}` : "; resolution not recorded"}
                    {restoredMs !== null && ` after ${formatDuration(restoredMs)}`}
                  </span>
                </span>
                <span className={classes.when}>
                  <RelativeTime at={startedAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
