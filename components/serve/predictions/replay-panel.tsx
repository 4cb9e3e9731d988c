"use client";

import { Button, NativeSelect } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import type { LoggedPrediction } from "#components/serve/predictions/predictions-table.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Replay } from "#server/serve/replay/contract.ts";
import classes from "./replay-panel.module.css";
import { ReplayResult } from "./replay-result.tsx";

export interface ReplayChoice {
  versionId: string;
  version: number;
  /** Whether it is the version that made the logged prediction. */
  isSame: boolean;
}

interface ReplayPanelProps {
  prediction: LoggedPrediction;
  choices: ReplayChoice[];
  labels: string[] | undefined;
  disabledReason: string | undefined;
  replay: (input: { id: string; versionId: string }) => Promise<ActionState<Replay>>;
}

/** Runs the logged inputs again, on any version of the model, and shows what is different. */
export function ReplayPanel({ prediction, choices, labels, disabledReason, replay }: ReplayPanelProps) {
  const { state, busy, run } = useAction(replay);
  const [result, setResult] = useState<Replay>();
  const [versionId, setVersionId] = useState((choices.find(({ isSame }) => isSame) ?? choices[0])?.versionId ?? "");
  const why = whyOff(prediction, choices) ?? disabledReason;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setResult(undefined);
    run({ id: prediction.id, versionId }, setResult);
  }
  return (
    <Panel id="replay" title="Replay" subtitle="runs the same inputs again; not counted and not logged">
      <form className={classes.form} onSubmit={submit}>
        <NativeSelect
          label="On version"
          value={versionId}
          disabled={why !== undefined}
          onChange={(event) => setVersionId(event.currentTarget.value)}
          data={choices.map((choice) => ({
            value: choice.versionId,
            label: `v${choice.version}${choice.isSame ? ", used originally" : ""}`,
          }))}
        />
        <Button
          type="submit"
          variant="default"
          disabled={why !== undefined}
          aria-disabled={busy}
          leftSection={<IconRepeat size={15} stroke={1.8} aria-hidden="true" />}
        >
          {busy ? "Running…" : "Replay"}
        </Button>
        {why && <span className="lw-quiet">{why}</span>}
      </form>
      <FormProblem state={state} />
      <div role="status">{result && <ReplayResult prediction={prediction} replay={result} labels={labels} />}</div>
    </Panel>
  );
}

function whyOff({ inputs }: LoggedPrediction, choices: ReplayChoice[]): string | undefined {
  if (!inputs) return "The input was not stored.";
  return choices.length === 0 ? "No version of this model can be run." : undefined;
}
