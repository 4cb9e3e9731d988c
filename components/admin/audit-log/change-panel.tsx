import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AuditEvent } from "#server/admin/audit-log/contract.ts";
import classes from "./change-panel.module.css";
import { changedFields } from "./changed-fields.ts";

/** Renders one change: the actor, origin and reason, and the values before and after. */
export function ChangePanel({ event, closeHref }: { event: AuditEvent; closeHref: string }) {
  const fields = changedFields(event.before, event.after);
  const facts = [
    ["Actor", event.actorName],
    ["Subject", event.subject],
    ["Reason", event.reason],
    ["From", event.address],
  ].filter(([, value]) => value);
  return (
    <Panel title={event.action} subtitle={<RelativeTime at={event.at} />} right={<Link href={closeHref}>Close</Link>}>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {fields.length === 0 ? (
        <p className="lw-quiet">No further details recorded.</p>
      ) : (
        <table className={classes.fields} aria-label="Before and after">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name} data-changed={field.changed || undefined}>
                <th scope="row">{field.name || "value"}</th>
                <td>{field.before ?? <span className="lw-quiet">–</span>}</td>
                <td>{field.after ?? <span className="lw-quiet">–</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
