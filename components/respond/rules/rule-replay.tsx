"use client";

import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import { LineChart } from "#components/charts/line-chart.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { AlertRuleSpec, ReplayAlertRule, RuleReplay } from "#server/respond/rules/contract.ts";
import { metricNames } from "./rule-draft.ts";

interface RuleReplayPanelProps {
  spec: AlertRuleSpec;
  endpointId: string;
  endpoint: string | null;
  /** Factor by which values are multiplied for display. */
  scale: number;
  say: (spec: AlertRuleSpec, endpoint: string | null) => Promise<string>;
  replay: (input: ReplayAlertRule) => Promise<ActionState<RuleReplay>>;
}

const pauseMs = 300;
/** More are one thick line. */
const maxMoments = 40;

/** Renders the description of a rule and, for thresholds of one endpoint, its replay over the last 30 days. */
export function RuleReplayPanel({ spec, endpointId, endpoint, scale, say, replay }: RuleReplayPanelProps) {
  const [sentence, setSentence] = useState("");
  const { state, busy, run, reset } = useAction(replay);
  const request = JSON.stringify({ spec, endpointId });
  const [shown, setShown] = useState(request);
  if (shown !== request) {
    setShown(request);
    reset();
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `wish` says when the sentence is another one
  useEffect(() => {
    let isOld = false;
    const timer = setTimeout(async () => {
      const words = await say(spec, endpoint).catch(() => "");
      if (!isOld) setSentence(words);
    }, pauseMs);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [request]);
  const mayReplay = spec.kind === "threshold" && endpointId !== "" && Number.isFinite(spec.value);
  return (
    <div className={classes.form}>
      {sentence && (
        <p className={classes.sentence} role="status">
          {sentence}
        </p>
      )}
      {spec.kind === "threshold" && (
        <div className={classes.actions}>
          <Button
            variant="default"
            size="xs"
            disabled={!mayReplay}
            aria-disabled={busy}
            onClick={() => run({ endpointId, spec, days: 30 })}
          >
            {busy ? "Replaying…" : "Replay the last 30 days"}
          </Button>
          {!endpointId && <span className="lw-small lw-quiet">Select an endpoint to replay.</span>}
        </div>
      )}
      {state.error && <p role="alert">{state.error}</p>}
      {state.data && spec.kind === "threshold" && <Replayed replay={state.data} spec={spec} scale={scale} />}
    </div>
  );
}

interface ReplayedProps {
  replay: RuleReplay;
  spec: Extract<AlertRuleSpec, { kind: "threshold" }>;
  scale: number;
}

function Replayed({ replay, spec, scale }: ReplayedProps) {
  const { name, unit } = metricNames[spec.metric];
  return (
    <>
      <p role="status">
        <strong>{replay.words}</strong>
      </p>
      <LineChart
        title={name}
        subtitle="highest value per interval, with the times at which it would have fired"
        unit={unit}
        series={[
          {
            id: spec.metric,
            label: name,
            index: 0,
            points: replay.chart.map(({ at, value }) => ({ at, value: value === null ? null : value * scale })),
          },
        ]}
        range={{ from: replay.from, to: replay.to }}
        thresholds={[{ value: spec.value * scale, label: "limit" }]}
        markers={replay.episodes.slice(-maxMoments).map(({ from }) => ({ at: from, label: "fired", kind: "incident" }))}
        fromZero
        gapWord="no data"
        height={220}
        empty={<span className="lw-small lw-quiet">No data available.</span>}
      />
    </>
  );
}
