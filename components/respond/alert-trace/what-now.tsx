import { groupHref } from "#components/alerting/alerts/addresses.ts";
import classes from "#components/alerting/alerts/alerts.module.css";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { RouteTest } from "#server/alerting/alerts/routing/contract.ts";

/** Shows where an alert would be routed if it were received now, and the result there: the same code without side effects. */
export function WhatNow({ test }: { test: RouteTest }) {
  return (
    <div className={classes.form}>
      {test.routes.map((route) => (
        <dl className={classes.facts} key={`${route.path} ${route.groupKey}`} aria-label={route.words}>
          <dt>Route</dt>
          <dd>{route.words}</dd>
          <dt>Receiver</dt>
          <dd>
            {route.receiver} {route.isSilent && <Tag tone="watch">no notifications: no channel</Tag>}
          </dd>
          <dt>Group key</dt>
          <dd>
            <code>{route.groupKey}</code>{" "}
            {route.groupId ? <Link href={groupHref(route.groupId)}>the existing group</Link> : "a new group"}
          </dd>
          <dt>Timing</dt>
          <dd>
            group wait {formatDuration(route.groupWaitSeconds * 1000)}, group interval{" "}
            {formatDuration(route.groupIntervalSeconds * 1000)}, repeat interval{" "}
            {formatDuration(route.repeatIntervalSeconds * 1000)}
          </dd>
          <dt>Outcome</dt>
          <dd>
            <StatusBadge state={route.notifiesAt ? "on-target" : "paused"}>
              {route.notifiesAt ? "Notifies" : "Does not notify"}
            </StatusBadge>{" "}
            {route.notifiesAt && <RelativeTime at={route.notifiesAt} />} {route.outcome.replace(/^not notified: /, "")}
          </dd>
        </dl>
      ))}
    </div>
  );
}
