import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { SloRevision } from "#server/watch/slo/objectives/contract.ts";
import classes from "./adjustments-panel.module.css";
import { formatPeriod, formatTarget } from "./slo-facts.ts";

/** Lists the revisions of an SLO with author, time and reason, newest first. */
export function RevisionsPanel({ revisions }: { revisions: readonly SloRevision[] }) {
  return (
    <Panel title="Revision history">
      <ul className={classes.list}>
        {revisions.map(({ revision, definition, changedBy, at, reason }) => (
          <li key={revision}>
            <p>
              <strong>
                {formatTarget(definition.target)} {formatPeriod(definition.period)}
              </strong>
              , by {changedBy} <RelativeTime at={at} />
              {reason && `: ${reason}`}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
