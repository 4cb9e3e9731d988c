import { ButtonLink } from "#components/ui/button-link.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { SweepDetails } from "#server/improve/training/sweeps/contract.ts";
import { jobHref, newJobHref } from "../addresses.ts";
import { describeBest, describeShare } from "./sweep-text.ts";
import classes from "./sweeps.module.css";

/** Shows the best trial with the exact values of its parameters, and leads to a job with them. */
export function BestPanel({ sweep: { best, spec, fixed } }: { sweep: Pick<SweepDetails, "best" | "spec" | "fixed"> }) {
  if (!best) {
    return (
      <Panel title="Best">
        <p className="lw-muted">No trial has finished with a value of {spec.metric} yet.</p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Best"
      subtitle="of those that have finished"
      right={
        <ButtonLink href={newJobHref({ job: best.jobId })} variant="default" size="xs">
          Edit and re-run…
        </ButtonLink>
      }
    >
      <dl className="lw-facts">
        <dt>{spec.metric}</dt>
        <dd>
          <strong title={String(best.metric)}>{formatNumber(best.metric)}</strong>{" "}
          <span className="lw-muted">
            by <Link href={jobHref(best.jobId)}>trial {best.trial}</Link>
          </span>
        </dd>
        {Object.entries(best.parameters).map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>
              <code>{String(value)}</code>
            </dd>
          </div>
        ))}
        {Object.keys(fixed).length > 0 && (
          <>
            <dt>Not varied</dt>
            <dd>
              {Object.entries(fixed).map(([name, value]) => (
                <div key={name}>
                  <code>
                    {name} = {String(value)}
                  </code>
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

/** Trials with a value, below which nothing is said. docs/spec/training.md section 11 */
const minTrials = 20;

/** Shows how much of the differences of the metric each parameter explains, how sure that is, and where the metric is best. */
export function ImportancePanel({ sweep }: { sweep: Pick<SweepDetails, "importance" | "spec" | "list"> }) {
  const { importance, spec, list } = sweep;
  const measured = list.filter(({ metric }) => metric !== null).length;
  return (
    <Panel title="Importance" subtitle={`for ${spec.metric}, ${plural(measured, "trial")}`}>
      {importance === null ? (
        <p className="lw-muted">
          {formatCount(measured)} of at least {minTrials} trials have a value; with fewer, chance can look like
          importance.
        </p>
      ) : (
        <>
          <ul className={classes.importance} aria-label="Importance of parameters, greatest first">
            {importance.map((each) => (
              <li key={each.parameter}>
                <span className="lw-truncate">
                  <code>{each.parameter}</code> <span className="lw-small lw-quiet">{describeBest(each)}</span>
                </span>
                <strong className="lw-number">{describeShare(each)}</strong>
                <span className={classes.track} data-chance={each.best === null || undefined} aria-hidden="true">
                  <span style={{ width: percent(each.share ?? 0) }} />
                  {each.share !== null && each.error !== null && (
                    <span
                      className={classes.whisker}
                      style={{
                        left: percent(Math.max(0, each.share - each.error)),
                        right: percent(Math.max(0, 1 - each.share - each.error)),
                      }}
                    />
                  )}
                </span>
              </li>
            ))}
          </ul>
          <p className={`${classes.note} lw-small lw-muted`}>
            Share of the rank differences that a parameter explains on its own (Kruskal–Wallis); the line is ± 1
            standard error. Requires {minTrials} trials. Interactions are not included, and trials that ended early
            count with the value they had reached.
          </p>
        </>
      )}
    </Panel>
  );
}

const percent = (share: number) => `${share * 100}%`;

/** Shows at which steps trials are compared, how many came there and how many went on. */
export function RungsPanel({ sweep: { rungs, spec } }: { sweep: Pick<SweepDetails, "rungs" | "spec"> }) {
  const { halving } = spec;
  if (!halving) {
    return (
      <Panel title="Early ends">
        <p className="lw-muted">Disabled: each trial runs until its program ends.</p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Early ends"
      subtitle={`by ${halving.metric}; about 1 in ${formatNumber(halving.factor)} continues`}
      flush
    >
      <DataTable
        label="Steps at which trials are compared"
        density="dense"
        rows={rungs}
        rowKey={({ step }) => String(step)}
        columns={[
          { key: "step", head: "Step", align: "right", cell: ({ step }) => formatCount(step) },
          { key: "came", head: "Reached", align: "right", cell: ({ came }) => formatCount(came) },
          { key: "on", head: "Continued", align: "right", cell: ({ wentOn }) => formatCount(wentOn) },
          {
            key: "behind",
            head: "Stopped",
            align: "right",
            cell: ({ came, wentOn }) => formatCount(came - wentOn),
          },
        ]}
        foot={
          <span>
            Each is compared with those that had come before it, so the first one always continues. From step{" "}
            {formatCount(halving.last)} no trial is ended.
          </span>
        }
      />
    </Panel>
  );
}
