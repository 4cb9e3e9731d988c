"use client";

import { useState } from "react";
import type { Brush } from "#components/charts/brush.ts";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { describeBrush, prepareParallel } from "#components/charts/parallel.ts";
import { ParallelChart } from "#components/charts/parallel-chart.tsx";
import { styleOfIndex } from "#components/charts/series-style.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, formatNumber, noValue, plural } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { SweepDetails, SweepTrial } from "#server/improve/training/sweeps/contract.ts";
import { moved } from "../../../develop/tracking/compare/compare-axes.ts";
import { jobHref } from "../addresses.ts";
import { JobState } from "../jobs/job-state.tsx";
import { axesOf, linesOfTrials } from "./sweep-axes.ts";
import { describeTrialEnd, formatParameter, orderTrials, trialDuration } from "./sweep-text.ts";
import classes from "./sweeps.module.css";

type SweepTrialsProps = Pick<SweepDetails, "list" | "spec" | "importance" | "best" | "trials">;

/** Draws the trials of a sweep as parallel coordinates, and lists them, the best first. What is selected on an axis narrows the list. */
export function SweepTrials({ list, spec, importance, best, trials }: SweepTrialsProps) {
  const { metric, goal, space } = spec;
  const parameters = Object.keys(space);
  const [brushes, setBrushes] = useState<Record<string, Brush>>({});
  const all = axesOf(parameters, metric, importance?.map(({ parameter }) => parameter) ?? null);
  const [order, setOrder] = useState<string[]>(all.map(({ key }) => key));
  const axes = all.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  const ordered = orderTrials(list, goal);
  const rows = linesOfTrials(ordered);
  const { lines, inside } = prepareParallel(rows, axes, brushes);
  const shown = ordered.filter((_, at) => lines[at]?.isInside);
  const words = axes.flatMap(({ key, label }) => (brushes[key] ? [describeBrush(label, brushes[key])] : []));
  const colours = new Map(rows.map(({ id, index }) => [id, index]));
  return (
    <>
      <ParallelChart
        title="Parallel coordinates"
        subtitle={`${plural(list.length, "trial")}${words.length > 0 ? `; ${formatCount(inside)} with ${words.join(" and ")}` : ""}`}
        noun="trial"
        rows={rows}
        axes={axes}
        brushes={brushes}
        onBrush={(key, next) => {
          const { [key]: _, ...others } = brushes;
          setBrushes(next ? { ...others, [key]: next } : others);
        }}
        onMove={(key, by) =>
          setOrder(
            moved(
              axes.map((axis) => axis.key),
              key,
              by,
            ),
          )
        }
        height={list.length > 0 ? 340 : 60}
        empty={<span className="lw-small lw-quiet">No trial has started yet.</span>}
        right={
          words.length > 0 && (
            <button className={classes.clear} type="button" onClick={() => setBrushes({})}>
              Clear selection
            </button>
          )
        }
      />
      <Panel
        title="Trials"
        subtitle={`${words.length > 0 ? "selected ones, " : ""}best first; trials that ended early were trained for fewer steps`}
        flush
      >
        <TrialsTable
          trials={shown}
          total={trials}
          parameters={parameters}
          metric={metric}
          best={best}
          colours={colours}
        />
      </Panel>
    </>
  );
}

interface TrialsTableProps {
  trials: readonly SweepTrial[];
  total: number;
  parameters: readonly string[];
  metric: string;
  best: SweepTrial | null;
  colours: ReadonlyMap<string, number | undefined>;
}

function TrialsTable({ trials, total, parameters, metric, best, colours }: TrialsTableProps) {
  const now = Number(useNow());
  const columns: Column<SweepTrial>[] = [
    {
      key: "trial",
      head: "Trial",
      cell: ({ trial, jobId }) => {
        const index = colours.get(jobId);
        return (
          <span className={classes.trial}>
            {index !== undefined && <SeriesSwatch style={styleOfIndex(index)} />}
            {trial}
          </span>
        );
      },
    },
    {
      key: "metric",
      head: metric,
      align: "right",
      cell: ({ metric: value, trial }) =>
        trial === best?.trial ? (
          <strong title={String(value)}>{formatNumber(value)}</strong>
        ) : (
          <span title={value === null ? undefined : String(value)}>{formatNumber(value)}</span>
        ),
    },
    ...parameters.map(
      (name): Column<SweepTrial> => ({
        key: `parameter.${name}`,
        head: name,
        align: trials.every((trial) => typeof trial.parameters[name] === "number") ? "right" : "left",
        cell: (trial) => (
          <span title={String(trial.parameters[name] ?? "")}>{formatParameter(trial.parameters[name])}</span>
        ),
      }),
    ),
    {
      key: "state",
      head: "State",
      cell: ({ state, comparison }) => <TrialState state={state} isEarly={comparison !== null} />,
    },
    { key: "why", head: "End reason", cell: (trial) => <TrialEnd trial={trial} metric={metric} /> },
    { key: "duration", head: "Duration", align: "right", cell: (trial) => trialDuration(trial, now) },
  ];
  return (
    <DataTable
      label="Trials, best first"
      density="dense"
      rows={trials}
      rowKey={({ jobId }) => jobId}
      rowHref={({ jobId }) => jobHref(jobId)}
      columns={columns}
      current={best?.jobId}
      empty={<EmptyState title="No matching trials">No trial is within the selection, or none has started.</EmptyState>}
      foot={<span>{formatCountOf(trials.length, total)} trials</span>}
    />
  );
}

function TrialState({ state, isEarly }: { state: SweepTrial["state"]; isEarly: boolean }) {
  return isEarly ? <span className="lw-muted">Ended early</span> : state ? <JobState state={state} /> : noValue;
}

function TrialEnd({ trial, metric }: { trial: SweepTrial; metric: string }) {
  const value = trial.comparison?.value ?? null;
  return <span title={value === null ? undefined : `${metric} ${value} there`}>{describeTrialEnd(trial)}</span>;
}
