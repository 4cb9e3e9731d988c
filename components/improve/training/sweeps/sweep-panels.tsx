import { ButtonLink } from "#components/ui/button-link.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { SweepDetails } from "#server/improve/training/sweeps/contract.ts";
import { jobHref, newJobHref } from "../addresses.ts";
import { describeImportance } from "./sweep-text.ts";
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
const minTrials = 10;

/** Shows how much of the differences of the metric each parameter explains, and how likely that is chance. */
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
                <code>{each.parameter}</code>
                <span className="lw-number">{describeImportance(each)}</span>
                <span className={classes.track} data-chance={(each.p ?? 1) >= 0.05 || undefined} aria-hidden="true">
                  <span style={{ width: `${(each.share ?? 0) * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
          <p className={`${classes.note} lw-small lw-muted`}>
            Share of the rank differences that a parameter explains on its own (Kruskal–Wallis). p is the probability of
            such a share by chance: of 20 parameters without effect, about one has p below 0.05. Interactions are not
            included, and trials that ended early count with the value they had reached.
          </p>
        </>
      )}
    </Panel>
  );
}

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
