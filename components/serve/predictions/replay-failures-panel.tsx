"use client";

import { Button, NativeSelect } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { predictionHref } from "#components/serve/endpoints/addresses.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { formatPercent, formatUnit } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ReplayedFailure, ReplayedFailures } from "#server/serve/replay/contract.ts";
import { describeReplays } from "./describe-replays.ts";
import classes from "./replay-panel.module.css";
import type { ReplayChoice } from "./replay-panel.tsx";

interface ReplayFailuresPanelProps {
  endpoint: string;
  /** ISO 8601. */
  range: { from: string; to: string };
  choices: readonly ReplayChoice[];
  /** Version that is selected first. */
  usual: string;
  disabledReason: string | undefined;
  replay: (input: { versionId: string; from: string; to: string }) => Promise<ActionState<ReplayedFailures>>;
}

const badges: Record<ReplayedFailure["result"], { state: State; word: string }> = {
  answered: { state: "on-target", word: "Succeeded" },
  failed: { state: "missed", word: "Failed" },
  skipped: { state: "no-data", word: "Not sent" },
  ended: { state: "paused", word: "Not sent" },
};

/** Sends the logged requests of a range that failed to another version, and shows its outputs beside the logged ones. */
export function ReplayFailuresPanel(props: ReplayFailuresPanelProps) {
  const { endpoint, range, choices, usual, disabledReason, replay } = props;
  const { state, busy, run } = useAction(replay);
  const [result, setResult] = useState<ReplayedFailures>();
  const [versionId, setVersionId] = useState(usual);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setResult(undefined);
    run({ versionId, ...range }, setResult);
  }
  const columns: Column<ReplayedFailure>[] = [
    { key: "time", head: "Time", width: 96, cell: ({ at }) => <RelativeTime at={at} /> },
    { key: "then", head: "Logged", cell: ({ status, error }) => `${status}: ${error ?? "failed"}` },
    {
      key: "now",
      head: result ? `On v${result.version}` : "",
      cell: (request) => (
        <span className={classes.outcome}>
          <StatusBadge state={badges[request.result].state}>{badges[request.result].word}</StatusBadge>
          <span>{outcomeOf(request)}</span>
        </span>
      ),
    },
    { key: "took", head: "Model run", align: "right", width: 88, cell: ({ runMs }) => formatUnit(runMs, "ms") },
  ];
  return (
    <Panel
      id="replay-failures"
      title="Replay failed requests"
      subtitle="the newest 20 of this range; not counted, not logged"
    >
      <form className={classes.form} onSubmit={submit}>
        <NativeSelect
          label="On version"
          value={versionId}
          disabled={disabledReason !== undefined}
          onChange={(event) => setVersionId(event.currentTarget.value)}
          data={choices.map((choice) => ({
            value: choice.versionId,
            label: `v${choice.version}${choice.isSame ? ", deployed" : ""}`,
          }))}
        />
        <Button
          type="submit"
          variant="default"
          disabled={disabledReason !== undefined}
          aria-disabled={busy}
          leftSection={<IconRepeat size={15} stroke={1.8} aria-hidden="true" />}
        >
          {busy ? "Running…" : "Replay"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </form>
      <FormProblem state={state} />
      <div role="status">
        {result && (
          <div className={classes.result}>
            <p>{describeReplays(result)}</p>
            {result.requests.length > 0 && (
              <DataTable
                label="Failed requests, then and now"
                density="compact"
                rows={result.requests}
                columns={columns}
                rowKey={({ id }) => id}
                rowHref={({ id }) => predictionHref(endpoint, id)}
              />
            )}
          </div>
        )}
      </div>
    </Panel>
  );
}

function outcomeOf({ result, answer, confidence, reason }: ReplayedFailure): string {
  if (result !== "answered") return reason;
  return [answer, confidence === null ? undefined : formatPercent(confidence)].filter(Boolean).join(", ");
}
