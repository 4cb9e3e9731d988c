import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { ClosedRow } from "#server/respond/triage/contract.ts";
import classes from "./queue.module.css";

/** Lists the items closed within the last day. */
export function ClosedList({ closed, count }: { closed: Wire<ClosedRow>[]; count: number }) {
  if (count === 0) return null;
  return (
    <div className={classes.closed}>
      <h3 className={classes.title}>
        Resolved, last 24 h <span className="lw-quiet lw-number">{count}</span>
      </h3>
      <ul>
        {closed.map(({ id, incidentNumber, groupId, service, cause, closedAt }) => (
          <li key={id}>
            <Link href={incidentNumber === null ? `/alerts/groups/${groupId}` : `/incidents/${incidentNumber}`}>
              <StatusShape state="finished" />
              <span className="lw-truncate">
                <span className={classes.closedName}>{service}</span> {cause}
              </span>
              <span className={classes.age}>
                <RelativeTime at={closedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
