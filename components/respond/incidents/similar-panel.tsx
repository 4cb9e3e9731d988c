import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { SimilarIncident } from "#server/respond/incidents/similar/contract.ts";
import { incidentHref } from "./addresses.ts";
import classes from "./incidents.module.css";

/** Renders earlier incidents with something in common, and the actions that ended them; nothing without any. */
export function SimilarPanel({ similar }: { similar: readonly SimilarIncident[] }) {
  if (similar.length === 0) return null;
  return (
    <Panel title="Similar incidents" subtitle="and how they were resolved">
      <ul className={classes.links}>
        {similar.map(({ number, title, restoredMs, fixedBy, common }) => (
          <li key={number}>
            <a href={incidentHref(number)}>
              INC-{number} {title}
            </a>
            <div className="lw-quiet">
              Same {common.join(" and ")}
              {restoredMs !== null && `, resolved after ${formatDuration(restoredMs)}`}
              {fixedBy ? `: ${fixedBy}` : ""}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
