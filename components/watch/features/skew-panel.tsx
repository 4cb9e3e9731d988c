import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { MismatchCause, ViewSkew } from "#server/watch/features/skew/contract.ts";
import { RecentBadge } from "./recent-skew.tsx";
import classes from "./watch.module.css";

const meanings: Record<MismatchCause, string> = {
  version: "another version of the view was served",
  "stale copy": "the store had a newer row (error in Leeway)",
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
  const { known, true: actual, recent } = skew;
  if (actual.compared === 0 && known.compared === 0) {
    return (
      <Panel title="Served ≠ true, by cause">
        <EmptyState title="No served values compared yet">
          Values in the prediction log are compared with the history of the view, an hour after they were served.
        </EmptyState>
      </Panel>
    );
  }
  const most = Math.max(1, ...actual.causes.map(({ count }) => count));
  return (
    <Panel
      title="Served ≠ true, by cause"
      subtitle={`${formatPercent(actual.share)} of ${formatCount(actual.compared)} values, ${skew.from} to ${skew.to}`}
      right={<RecentBadge recent={recent.known} name="≠ known" />}
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
      {actual.byRequest > 0 && (
        <p className={`${classes.foot} lw-small lw-muted`}>
          Requests brought {plural(actual.byRequest, "other value")}, which no share counts.
        </p>
      )}
    </Panel>
  );
}
