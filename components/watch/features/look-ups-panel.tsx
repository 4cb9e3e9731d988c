import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { formatCount, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ViewWatch } from "#server/watch/features/contract.ts";
import { lookUpResults } from "./look-up-results.ts";
import classes from "./watch.module.css";

/** Renders look-ups of a view by result and by who looked up. */
export function LookUpsPanel({
  watch,
  rangeText,
  isWithheld,
}: {
  watch: ViewWatch;
  rangeText: string;
  isWithheld: boolean;
}) {
  const { serving, consumers, from, to } = watch;
  const { lookUps, ageMs } = serving;
  const seconds = (to.getTime() - from.getTime()) / 1000;
  if (lookUps === 0) {
    return (
      <Panel title="Look-ups" subtitle={rangeText}>
        <EmptyState title="No look-ups in this range">
          Look-ups by clients and endpoints appear here, with their results.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel title="Look-ups" subtitle={`${rangeText}; ${formatNumber(lookUps / seconds)} /s`}>
      <dl className={classes.results}>
        {lookUpResults(serving).map(({ state, word, count }) => (
          <div className={classes.result} key={word}>
            <dt>
              <StatusBadge state={state}>{word}</StatusBadge>
            </dt>
            <dd className="lw-number" title={formatCount(count)}>
              <strong>{formatPercent(count / lookUps)}</strong>
            </dd>
          </div>
        ))}
      </dl>
      <p className={`${classes.foot} lw-small lw-muted`}>
        {plural(lookUps, "look-up")}
        {ageMs.p95 !== null && `; age p50 ${formatDuration(ageMs.p50)}, p95 ${formatDuration(ageMs.p95)}`}; stale values
        are {isWithheld ? "served as null" : "served with their status"}.
      </p>
      <p className="lw-small lw-muted">
        By{" "}
        {consumers.slice(0, maxConsumers).map(({ endpoint, endpointId, lookUps: own }, place) => (
          <span key={endpointId ?? ""}>
            {place > 0 && ", "}
            {endpoint === null ? (
              endpointId === null ? (
                "clients"
              ) : (
                "a deleted endpoint"
              )
            ) : (
              <Link href={endpointHref(endpoint)}>{endpoint}</Link>
            )}{" "}
            {formatPercent(own / lookUps, { decimals: 0 })}
          </span>
        ))}
        {consumers.length > maxConsumers && ` and ${consumers.length - maxConsumers} more`}
      </p>
    </Panel>
  );
}

const maxConsumers = 4;
