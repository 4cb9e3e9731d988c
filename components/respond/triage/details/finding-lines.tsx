import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { NamedText } from "#components/ui/named-text.tsx";
import { findingHref } from "#server/watch/monitoring/findings/constants.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

/** Lists the monitoring findings on the endpoint around the rise: failing or drifting inputs can explain a page. */
export function FindingLines({ chosen: { findings, startedAt } }: { chosen: Chosen }) {
  if (findings.length === 0) return null;
  return (
    <section aria-label="Monitoring findings">
      <h2 className={classes.heading}>
        Monitoring findings<span>closest to the rise first</span>
      </h2>
      <ul className={classes.list}>
        {findings.map((finding) => (
          <li key={finding.id}>
            <Link href={findingHref(finding)}>
              <NamedText>{finding.words}</NamedText>
            </Link>
            <span className={classes.when}>{formatWhen(new Date(finding.openedAt).getTime() - startedAt)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Formats a distance such as "5 min before the rise". */
function formatWhen(afterMs: number): string {
  return `${formatDuration(Math.abs(afterMs))} ${afterMs < 0 ? "before" : "after"} the rise`;
}
