"use client";

import { Lineage } from "#components/develop/registry/lineage/lineage.tsx";
import type { Run, RunRelatives } from "#server/develop/tracking/runs/contract.ts";
import { RunDatasets } from "./run-datasets.tsx";
import { runLineage } from "./run-lineage.ts";
import { RunChildren, RunOutputs } from "./run-outputs.tsx";
import { useRelatives } from "./use-relatives.ts";
import { useRun } from "./use-run.ts";

interface RunStoryProps {
  run: Run;
  relatives: RunRelatives;
}

/** Shows the inputs, children and outputs of a run and updates them. */
export function RunStory({ run: initialRun, relatives: initial }: RunStoryProps) {
  const { data: run } = useRun(initialRun);
  const relatives = useRelatives(run, initial);
  return (
    <>
      <RunOutputs relatives={relatives} />
      <RunChildren runs={relatives.children} />
      <RunDatasets datasets={run.datasets} trainingSets={relatives.trainingSets} />
      <Lineage subject="the run" columns={runLineage(run, relatives)} />
    </>
  );
}
