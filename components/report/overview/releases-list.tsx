import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Release } from "#server/report/overview/contract.ts";
import classes from "./releases-list.module.css";

/** Lists the latest deployments, newest first; a return to a lower version has the rollback icon. */
export function ReleasesList({ releases }: { releases: Release[] }) {
  if (releases.length === 0) return <EmptyState title="No releases yet">Deployments appear here.</EmptyState>;
  return (
    <ul className={classes.list}>
      {releases.map(({ id, endpoint, modelName, version, isReturn, reason, deployedBy, deployedAt }) => (
        <li className={classes.release} key={id}>
          <StatusShape state={isReturn ? "rolled-back" : "finished"} />
          <span className={classes.words}>
            <Link className={classes.name} href={`${endpointHref(endpoint)}#deployments`}>
              {modelName} v{version}
            </Link>{" "}
            <span className="lw-muted">
              {isReturn ? "rolled back" : "released"}
              {endpoint !== modelName && ` to ${endpoint}`} by {deployedBy}
              {reason && `: ${reason}`}
            </span>
          </span>
          <span className="lw-small lw-quiet">
            <RelativeTime at={deployedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
