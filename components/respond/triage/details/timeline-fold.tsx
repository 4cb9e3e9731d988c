"use client";

import { useState } from "react";
import { incidentHref } from "#components/respond/incidents/addresses.ts";
import { Link } from "#components/ui/link.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { TimelineEvent } from "#server/respond/incidents/timeline/contract.ts";
import classes from "./centre.module.css";

const maxShown = 30;

/** Shows the newest entries of an incident's timeline, which are read once it is opened. */
export function TimelineFold({ number }: { number: number }) {
  const [isOpen, setOpen] = useState(false);
  const timeline = useQuery({
    queryKey: ["incident", "list", "timeline", number],
    queryFn: () => readJson<{ events: Wire<TimelineEvent>[] }>(`/api/v1/incidents/${number}/timeline`),
    enabled: isOpen,
    refetchInterval: 30_000,
  });
  const events = timeline.data?.events ?? [];
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>Timeline</strong>
        <span className="lw-quiet">newest first</span>
      </summary>
      {timeline.error && <StaleLine>Could not load the timeline: {timeline.error.message} Retrying…</StaleLine>}
      <ul className={classes.list}>
        {events
          .slice(-maxShown)
          .toReversed()
          .map(({ id, at, title, actor }) => (
            <li key={id}>
              <span className="lw-number lw-quiet">
                <ClockTime at={at} />
              </span>
              <span>{title}</span>
              <span className={classes.when}>{actor.name}</span>
            </li>
          ))}
      </ul>
      <p className="lw-small">
        <Link href={incidentHref(number)}>Open the record of INC-{number}</Link>
      </p>
    </details>
  );
}
