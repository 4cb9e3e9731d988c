import { helpHref, helpTopic } from "#components/ui/help-target.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import classes from "#components/watch/monitoring/findings/finding-list.module.css";
import { SeverityBadge } from "#components/watch/monitoring/findings/finding-list.tsx";
import type { ViewFinding } from "#server/watch/features/contract.ts";

/** Lists what is or was wrong with a view: a sentence with its numbers, what to do, since when, and the guide. */
export function ViewFindings({ label, findings }: { label: string; findings: readonly ViewFinding[] }) {
  return (
    <ul className={classes.list} aria-label={label} data-prose>
      {findings.map(({ id, severity, words, advice, section, openedAt, closedAt }) => (
        <li key={id}>
          <span className={classes.state}>
            <SeverityBadge severity={severity} closedAt={closedAt} />
          </span>
          <div>
            <p>{words}</p>
            {closedAt === null && advice !== "" && <p className="lw-muted">{advice}</p>}
            <p className={classes.quiet}>
              Found <RelativeTime at={openedAt} />
              {closedAt && (
                <>
                  , resolved <RelativeTime at={closedAt} />
                </>
              )}
              {section !== "" && (
                <>
                  . <Link href={helpHref(`feature-store#${section}`)}>Guide: {helpTopic(section)}</Link>
                </>
              )}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
