"use client";

import { Button } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useReducer, useRef, useState } from "react";
import { type SeriesStyle, styleSeries } from "#components/charts/series-style.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import type { Signature } from "#server/registry/contract.ts";
import type { ExecutionProvider } from "#server/serving/contract.ts";
import { ChooseBar } from "./choose-bar.tsx";
import { CompareBar } from "./compare-bar.tsx";
import { CopyRequest, type Served } from "./copy-request.tsx";
import type { InputSpec, Values } from "./elements.ts";
import { fieldsOf } from "./fields.ts";
import { InputPanel, type InputView } from "./input-panel.tsx";
import { changeInputs, firstState, whyNotReady } from "./inputs-state.ts";
import { rowsOf } from "./outputs.ts";
import { toRequest } from "./request.ts";
import { type RunAction, totalMs } from "./run.ts";
import type { Sample } from "./sample-picker.tsx";
import { useRunner } from "./use-runner.ts";
import { VersionColumn } from "./version-column.tsx";

export interface PlaygroundVersion {
  versionId: string;
  version: number;
  aliases: string[];
  /** Why it cannot be run; undefined when it can. */
  problem?: string | undefined;
}

/** A version that was chosen. */
export interface ChosenVersion extends PlaygroundVersion {
  /** `inputs` are those of the pipeline where the input goes through it. */
  signature: Pick<Signature, "labels" | "metadata"> & { inputs: InputSpec[] };
  /** Outputs to ask for, when the input goes through a pipeline. */
  outputs?: { name: string }[] | undefined;
  /** Why it cannot be asked what A is asked. */
  unfit?: string | undefined;
}

interface PlaygroundProps {
  model: string;
  models: string[];
  versions: PlaygroundVersion[];
  a: ChosenVersion;
  b: ChosenVersion | undefined;
  /** Wished provider; undefined is as configured. */
  on: ExecutionProvider | undefined;
  providers: readonly ExecutionProvider[];
  served: Served[];
  gatewayUrl: string;
  samples: Sample[];
  /** A logged request that the address names. */
  given: Values | undefined;
  /** Whether version A has a pipeline, and whether the input goes through it. */
  via: "pipeline" | "tensors" | undefined;
  run: RunAction;
}

const stable: SeriesStyle = { colour: "var(--lw-series-stable)", dash: "6 3" };

/** Tries one or two versions on one input. */
export function Playground(props: PlaygroundProps) {
  const { a, b, on, served, samples, given, gatewayUrl, via } = props;
  const { inputs: specs } = a.signature;
  const fields = fieldsOf(a.signature);
  const [state, dispatch] = useReducer(changeInputs, undefined, () => firstState(fields, given));
  const [view, setView] = useState<InputView>("form");
  const [row, setRow] = useState(0);
  const [asked, setAsked] = useState<Values>();
  const { ran, busy, failure, run, runSoon } = useRunner(props.run);
  const modKey = useModKey();
  const why = whyNotReady(fields, state);
  const chosen = b ? [a, b] : [a];

  function ask(values: Values, send: typeof run) {
    setAsked(values);
    setRow(0);
    const versions = chosen
      .filter(({ unfit }) => !unfit)
      .map(({ versionId, version, outputs }) => ({
        ...{ versionId, version, outputs },
      }));
    send({ versions, provider: on, inputs: toRequest(specs, values).inputs });
  }
  const isFirst = useRef(true);
  const choice = `${a.version} ${b?.version} ${on}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again when another version or place is chosen, not on every change of the input
  useEffect(() => {
    if (isFirst.current ? given : asked) ask(asked ?? state.values, run);
    isFirst.current = false;
  }, [choice]);
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || why) return;
      event.preventDefault();
      ask(state.values, run);
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });

  const answers = ran.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const [styleA = stable, styleB = stable] = styleSeries([
    { id: "a", label: "A", points: [], role: b ? "stable" : "canary" },
    { id: "b", label: "B", points: [], role: "canary" },
  ]);
  const column = {
    busy,
    row,
    mostMs: Math.max(0, ...answers.map(({ timings }) => totalMs(timings))),
  };
  const ranBy = (version: number) => ran.find((each) => each.version === version);
  return (
    <>
      <ChooseBar
        {...props}
        a={a.version}
        b={b?.version}
        on={on ?? ""}
        actions={
          <>
            <CopyRequest
              gatewayUrl={gatewayUrl}
              version={a.version}
              served={served.find(({ version }) => version === a.version) ?? served[0]}
              request={why ? undefined : toRequest(specs, state.values)}
            />
            <Button
              leftSection={<IconPlayerPlayFilled size={13} aria-hidden="true" />}
              rightSection={<Keys keys={[modKey, "↵"]} />}
              aria-disabled={Boolean(why)}
              onClick={() => !why && ask(state.values, run)}
            >
              Run
            </Button>
          </>
        }
      />
      {failure && <StaleLine>{failure}</StaleLine>}
      <Columns columns={b ? "352px minmax(0, 1fr) minmax(0, 1fr)" : "352px minmax(0, 1fr)"}>
        <InputPanel
          {...{ fields, specs, state, dispatch, view, samples }}
          isThrough={via === "pipeline"}
          onView={setView}
          onPicture={(values) => ask(values, runSoon)}
          onSample={(values) => ask(values, run)}
          versions={chosen.map(({ version }) => `v${version}`).join(" and ")}
        />
        <VersionColumn {...column} version={labelled(a)} style={styleA} ran={ranBy(a.version)} />
        {b && <VersionColumn {...column} version={labelled(b)} style={styleB} ran={ranBy(b.version)} unfit={b.unfit} />}
      </Columns>
      <CompareBar
        ran={ran}
        labels={a.signature.labels}
        row={row}
        rows={answers[0] ? rowsOf(answers[0].outputs) : 1}
        onRow={setRow}
        isOld={asked !== undefined && !isSame(asked, state.values) && !busy && ran.length > 0}
      />
    </>
  );
}

function labelled({ version, aliases, signature }: ChosenVersion) {
  return { version, aliases, labels: signature.labels };
}

function isSame(a: Values, b: Values): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
