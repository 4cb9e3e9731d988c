import { formatCount, formatPercent } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SkewCause, ViewSkew } from "#server/watch/features/skew/contract.ts";
import classes from "./watch.module.css";

const meanings: Record<SkewCause, string> = {
  version: "another version of the view was served",
  request: "the request brought the value",
  "stale copy": "the store had a newer row: a fault of Leeway",
  late: "arrived after serving",
  corrected: "rewritten later",
  expired: "older than the max age",
  "clock ahead": "the writer’s clock was ahead",
  "history only": "the newest row was written to the history only",
  expression: "an expression gave another value",
  unknown: "not explained",
};

/** Renders how often served values differ from the history, and why. */
export function SkewPanel({ skew }: { skew: ViewSkew }) {
  const { known, true: actual, limits } = skew;
  if (actual.compared === 0 && known.compared === 0) {
    return (
      <Panel title="Served ≠ true, by cause">
        <EmptyState title="No served values compared yet">
          Values in the prediction log are compared with the history of the view, an hour after they were served.
        </EmptyState>
      </Panel>
    );
  }
  const isFault = (known.share ?? 0) > limits.known;
  const most = Math.max(1, ...actual.causes.map(({ count }) => count));
  return (
    <Panel
      title="Served ≠ true, by cause"
      subtitle={`${formatPercent(actual.share)} of ${formatCount(actual.compared)} values`}
      right={
        <StatusBadge state={isFault ? "missed" : "on-target"}>
          ≠ known {known.mismatched === 0 ? "0" : formatPercent(known.share)}
        </StatusBadge>
      }
    >
      {actual.causes.length === 0 ? (
        <p>Served values match the history.</p>
      ) : (
        <ul className={classes.causes} aria-label="Causes">
          {actual.causes.map(({ cause, count }) => (
            <li key={cause}>
              <span className={classes.cause}>
                <span>{cause}</span>
                <span className={classes.track} aria-hidden="true">
                  <span className={classes.fill} style={{ width: `${(count / most) * 100}%` }} />
                </span>
                <strong className="lw-number">{formatCount(count)}</strong>
              </span>
              <span className="lw-small lw-muted">{meanings[cause]}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
