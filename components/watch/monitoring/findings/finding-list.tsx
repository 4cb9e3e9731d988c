import { Link } from "#components/ui/link.tsx";
import { NamedText } from "#components/ui/named-text.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { Finding, Watcher } from "#server/watch/monitoring/contract.ts";
import { findingHref } from "#server/watch/monitoring/findings/constants.ts";
import classes from "./finding-list.module.css";

const watcherLabels: Record<Watcher, string> = {
  integrity: "Data quality",
  skew: "Feature skew",
  quality: "Quality",
  drift: "Drift",
  estimate: "Estimated quality",
  fairness: "Fairness",
  consistency: "Consistency",
  cost: "Cost",
};

interface FindingListProps {
  label: string;
  findings: readonly (Finding | Wire<Finding>)[];
  /** Says the endpoint of each. */
  withEndpoint?: boolean;
}

/** Lists the monitoring findings, one sentence each, with their source, start and a link to the numbers. */
export function FindingList({ label, findings, withEndpoint }: FindingListProps) {
  return (
    <ul className={classes.list} aria-label={label} data-prose>
      {findings.map((finding) => (
        <li key={finding.id}>
          <span className={classes.state}>
            <SeverityBadge {...finding} />
          </span>
          <div>
            <p>
              <NamedText>{finding.words}</NamedText>
            </p>
            <p className={classes.quiet}>
              {withEndpoint && `${finding.endpoint}, `}
              <Link href={findingHref(finding)}>{watcherLabels[finding.watcher]}</Link>, {finding.kind}, since{" "}
              <RelativeTime at={finding.openedAt} />
              {finding.closedAt && (
                <>
                  , resolved <RelativeTime at={finding.closedAt} />
                </>
              )}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

interface SeverityBadgeProps {
  severity: Finding["severity"];
  closedAt: Date | string | null;
}

/** Renders whether a finding notifies someone, and how; or that it is resolved. */
export function SeverityBadge({ severity, closedAt }: SeverityBadgeProps) {
  if (closedAt) return <StatusBadge state="finished">Resolved</StatusBadge>;
  if (severity === "note") return <StatusBadge state="no-data">Note</StatusBadge>;
  return severity === "page" ? (
    <StatusBadge state="missed">Page</StatusBadge>
  ) : (
    <StatusBadge state="watch">Ticket</StatusBadge>
  );
}
