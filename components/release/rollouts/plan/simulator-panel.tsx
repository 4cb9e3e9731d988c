"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, nbsp, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  effectRatios,
  type RolloutSimulation,
  type SimulatedRule,
  type SimulateRollout,
} from "#server/release/rollouts/estimate/contract.ts";
import { metricLabels } from "../metric-labels.ts";
import classes from "./plan.module.css";

interface SimulatorPanelProps {
  input: SimulateRollout;
  simulate: (input: SimulateRollout) => Promise<ActionState<RolloutSimulation>>;
}

/** Runs the plan a few hundred times on the recorded traffic, beside what common fixed settings would have done. */
export function SimulatorPanel({ input, simulate }: SimulatorPanelProps) {
  const { state, busy, run } = useAction(simulate);
  const found = state.data;
  const problem = state.error ?? (state.fieldErrors && "The plan is invalid: check the fields below.");
  return (
    <Panel
      id="simulator"
      title="Simulator"
      subtitle="runs this plan on the last day's traffic with a good and a bad version; nothing is started"
      right={
        <>
          {problem && (
            <span role="alert" className="lw-small">
              {problem}
            </span>
          )}
          <Button variant="default" size="xs" aria-disabled={busy} onClick={() => run(input)}>
            {busy ? "Simulating…" : found ? "Simulate again" : "Simulate"}
          </Button>
        </>
      }
      flush={found !== undefined}
    >
      {found ? <Result simulation={found} /> : <Invitation />}
    </Panel>
  );
}

function Invitation() {
  return (
    <p className="lw-muted">
      How often would a good version be rolled back by chance, how quickly a bad one, and how many requests would the
      bad one serve?
    </p>
  );
}

function Result({ simulation }: { simulation: RolloutSimulation }) {
  const { runs, metric, baseRate, requestsPerSecond, rules, good } = simulation;
  const { noun } = metricLabels[metric];
  const scenario = (rule: SimulatedRule, ratio: number) => rule.scenarios.find((each) => each.ratio === ratio);
  const columns: Column<SimulatedRule>[] = [
    {
      key: "name",
      head: "Decision rule",
      cell: ({ name, words }) => (
        <>
          <strong>{name}</strong>
          <span className={classes.rule}>{words}</span>
        </>
      ),
    },
    {
      key: "good",
      head: "False rollbacks",
      align: "right",
      cell: (rule) => formatPercent(scenario(rule, 1)?.rolledBackShare ?? null),
    },
    ...effectRatios.map(
      (ratio): Column<SimulatedRule> => ({
        key: `x${ratio}`,
        head: `${ratio}× ${noun}`,
        align: "right",
        cell: (rule) => <Found {...scenario(rule, ratio)} />,
      }),
    ),
  ];
  return (
    <DataTable
      label="Simulated rollouts"
      rows={rules}
      columns={columns}
      rowKey={({ name }) => name}
      foot={
        <span className="lw-small lw-muted">
          {formatCount(runs)} simulated runs each, starting at {formatNumber(requestsPerSecond)} {nbsp}requests/s with{" "}
          {formatPercent(baseRate)} {noun}. A good version is promoted in {formatPercent(good.promotedShare)} of runs,
          ahead of schedule in {formatPercent(good.promotedEarlyShare)}; in {formatPercent(good.heldShare)} it waits for
          a person. Requests are drawn independently; real incidents come in bursts.
        </span>
      }
    />
  );
}

function Found({ rolledBackShare, medianSeconds, medianExposed }: Partial<SimulatedRule["scenarios"][number]>) {
  if (rolledBackShare === undefined) return noValue;
  return (
    <>
      {formatPercent(rolledBackShare)} detected
      <br />
      <span className="lw-small lw-quiet">
        {medianSeconds == null
          ? "in time"
          : `after ${formatDuration(medianSeconds * 1000)}, ${formatCount(medianExposed)} requests served`}
      </span>
    </>
  );
}
