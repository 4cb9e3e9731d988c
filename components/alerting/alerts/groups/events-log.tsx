import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { StoredAlertEvent } from "#server/alerting/alerts/contract.ts";
import { alertHref } from "../addresses.ts";
import classes from "../alerts.module.css";
import { eventShapes, eventText } from "./event-text.ts";

interface EventsLogProps {
  /** Newest first. */
  events: readonly StoredAlertEvent[];
  /** Address of older ones. */
  olderHref?: string | undefined;
  /** The page is about one alert, so its entries need no link to it. */
  isOfAlert?: boolean;
}

/** Lists the events of alerts, newest first; each entry can be linked to. */
export function EventsLog({ events, olderHref, isOfAlert = false }: EventsLogProps) {
  return (
    <Panel id="history" title="Activity" subtitle="newest first, kept for 400 days">
      {events.length === 0 ? (
        <EmptyState title="No activity yet" />
      ) : (
        <ol className={classes.log} reversed>
          {events.map((event) => {
            const shape = eventShapes[event.kind];
            return (
              <li className={classes.entry} id={`event-${event.id}`} key={event.id}>
                <a className={classes.time} href={`#event-${event.id}`}>
                  <RelativeTime at={event.at} />
                </a>
                <span className={classes.mark}>
                  {shape ? <StatusShape state={shape} /> : <span className={classes.dot} />}
                </span>
                <span>
                  {eventText(event)}{" "}
                  {!isOfAlert && event.fingerprint && (
                    <Link className="lw-small" href={alertHref(event.fingerprint, event.at)}>
                      details
                    </Link>
                  )}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {olderHref && <Link href={olderHref}>Older entries</Link>}
    </Panel>
  );
}
