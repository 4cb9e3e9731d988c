import { LineChart } from "#components/charts/line-chart.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { formatNumber, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Sweep, SweepDetails } from "#server/improve/training/sweeps/contract.ts";
import { newSweepHref, sweepHref } from "../addresses.ts";
import { bestSoFar } from "./best-so-far.ts";
import classes from "./experiment-sweeps.module.css";
import { ImportancePanel } from "./sweep-panels.tsx";
import { SweepState } from "./sweep-state.tsx";
import { describeKind, describeProgress, describeSweep } from "./sweep-text.ts";
import { SweepTrials } from "./sweep-trials.tsx";

interface ExperimentSweepsProps {
  /** Path of the experiment. */
  path: string;
  /** Newest first. */
  sweeps: readonly Sweep[];
  /** Undefined if there is none. */
  shown: SweepDetails | undefined;
}

/** Renders the sweeps of an experiment as a list beside the trials of the chosen one, its importance and its best value so far. */
export function ExperimentSweeps({ path, sweeps, shown }: ExperimentSweepsProps) {
  if (!shown) {
    return (
      <Panel flush>
        <EmptyState title="No sweeps yet" action={<Link href={newSweepHref()}>New sweep</Link>}>
          A sweep runs a job template with many parameter sets.
        </EmptyState>
      </Panel>
    );
  }
  const { list, spec, importance, best, trials } = shown;
  const isOpen = shown.state === "running" || shown.counts.open > 0;
  return (
    <div className={classes.columns}>
      <LiveRefresh topics={["training"]} {...(isOpen && { everyMs: 10_000 })} />
      <div className={classes.stack}>
        <Panel title="Sweeps" subtitle="newest first" right={<Link href={newSweepHref()}>New sweep</Link>} flush>
          <ul className={classes.list} aria-label="Sweeps">
            {sweeps.map((sweep) => (
              <li key={sweep.id}>
                <Link
                  className={classes.sweep}
                  href={`${path}?view=sweeps&sweep=${sweep.id}`}
                  scroll={false}
                  aria-current={sweep.id === shown.id ? "true" : undefined}
                >
                  <span className={classes.line}>
                    <strong className="lw-truncate">{sweep.name}</strong>
                    <strong className="lw-number">{sweep.best ? formatNumber(sweep.best.metric) : noValue}</strong>
                  </span>
                  <span className={`${classes.line} lw-small lw-quiet`}>
                    <span className="lw-truncate">{describeKind(sweep.spec)}</span>
                    <SweepState state={sweep.state} />
                  </span>
                  <span className="lw-small lw-quiet">{describeProgress(sweep)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
        <ImportancePanel sweep={shown} />
      </div>
      <div className={classes.stack}>
        <p>
          <strong>{shown.name}:</strong> {describeSweep(shown)} <Link href={sweepHref(shown.id)}>Open sweep</Link>
        </p>
        <SweepTrials list={list} spec={spec} importance={importance} best={best} trials={trials} key={shown.id} />
        <LineChart
          title="Best so far"
          subtitle={`${spec.metric}, in the order in which trials finished`}
          unit=""
          x="step"
          xNoun="trial"
          steps
          series={[{ id: "best", label: "Best so far", points: bestSoFar(list, spec.goal) }]}
          empty={<span className="lw-small lw-quiet">No trial has a value yet.</span>}
        />
      </div>
    </div>
  );
}
