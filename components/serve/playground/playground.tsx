"use client";

import { Button } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { Suspense, useEffect, useReducer, useRef, useState } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { areSame, countElements, type Values } from "../tensors/elements.ts";
import { fieldsOf } from "../tensors/fields.ts";
import { rowsOf } from "../tensors/outputs.ts";
import { pictureField } from "./batch/batch-items.ts";
import { useBatch } from "./batch/use-batch.ts";
import { ChooseBar } from "./choose-bar.tsx";
import { type ChosenVersion, labelled, type PlaygroundVersion, sideOf } from "./chosen-version.ts";
import { CopyRequest, type Served } from "./copy-request.tsx";
import { ExplainForm } from "./explain/explain-form.tsx";
import { useExplanations } from "./explain/use-explanations.ts";
import { sideNames } from "./history/side-names.ts";
import { InputPanel, type InputView } from "./inputs/input-panel.tsx";
import { changeInputs, firstState, unreadyReason } from "./inputs/inputs-state.ts";
import type { Sample } from "./inputs/sample-picker.tsx";
import { toRequest } from "./request.ts";
import { CompareBar } from "./results/compare-bar.tsx";
import { DifferencePanel } from "./results/difference-panel.tsx";
import { type Recorded, TruthBar } from "./results/truth-bar.tsx";
import { VersionColumn } from "./results/version-column.tsx";
import { type PlaygroundActions, totalMs } from "./run.ts";
import { styleSides } from "./side-styles.ts";
import { useRunner } from "./use-runner.ts";

// Nobody needs these before a press.
const BatchForm = lazyDialog(() => import("./batch/batch-form.tsx").then((module) => module.BatchForm));
const BatchResults = lazyDialog(() => import("./batch/batch-results.tsx").then((module) => module.BatchResults));
const WhyOfSide = lazyDialog(() => import("./explain/why-of-side.tsx").then((module) => module.WhyOfSide));

interface PlaygroundProps {
  model: string;
  models: string[];
  versions: PlaygroundVersion[];
  a: ChosenVersion;
  b: ChosenVersion | undefined;
  /** Requested provider of A, and of B if it differs; undefined uses the configured one, and that of A. */
  on: ExecutionProvider | undefined;
  onB: ExecutionProvider | undefined;
  providers: readonly ExecutionProvider[];
  served: Served[];
  gatewayUrl: string;
  samples: Sample[];
  /** An input that the address names: of a logged request, or of a run of the playground. */
  given: Values | undefined;
  recorded: Recorded | undefined;
  /** Whether the input passes through the pipeline of version A; undefined if it has none. */
  via: "pipeline" | "tensors" | undefined;
  /** Names of datasets that explanations can compare with. */
  datasets: string[];
  actions: PlaygroundActions;
}

/** Runs one or two versions on one input or many, and explains the predictions. */
export function Playground(props: PlaygroundProps) {
  const { model, a, b, on, onB, served, samples, given, gatewayUrl, via, actions } = props;
  const { inputs: specs, labels } = a.signature;
  const fields = fieldsOf(a.signature);
  const [state, dispatch] = useReducer(changeInputs, undefined, () => firstState(fields, given));
  const [view, setView] = useState<InputView>("form");
  const [row, setRow] = useState(0);
  const [requested, setRequested] = useState<Values>();
  const [recorded, setRecorded] = useState(props.recorded && given && { ...props.recorded, values: given });
  const { ran, busy, failure, run, runSoon } = useRunner(actions.run);
  const explanations = useExplanations(actions);
  const batch = useBatch(actions);
  const modKey = useModKey();
  const why = unreadyReason(fields, state);
  const chosen = b ? [a, b] : [a];
  const sides = chosen.filter(({ unfit }) => !unfit).map(sideOf);
  const names = sideNames(chosen.map(sideOf));

  function request(values: Values, send: typeof run) {
    setRequested(values);
    setRow(0);
    explanations.clear();
    send({ model, sides, via, inputs: toRequest(specs, values).inputs });
  }
  const isBatch = view === "batch";
  const isFirst = useRef(true);
  const choice = `${a.version} ${b?.version} ${on} ${onB}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again when another version or place is chosen, not on every change of the input
  useEffect(() => {
    if (isFirst.current ? given : requested) request(requested ?? state.values, run);
    isFirst.current = false;
  }, [choice]);
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || why || isBatch) return;
      event.preventDefault();
      request(state.values, run);
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });

  const results = (ran?.ran ?? []).flatMap((each) => ("answer" in each ? [each.answer] : []));
  const rows = results[0] ? rowsOf(results[0].outputs) : 1;
  const isOld = requested !== undefined && !areSame(requested, state.values) && !busy && ran !== undefined;
  const [styleA, styleB] = styleSides(b ? [a.version, b.version] : [a.version]);
  const column = { busy, row, maxMs: Math.max(0, ...results.map(({ timings }) => totalMs(timings))) };
  const whyOf = (side: number) =>
    explanations.states[side] && (
      <Suspense>
        <WhyOfSide states={explanations.states} side={side} />
      </Suspense>
    );
  const method = pictureField(fields) ? "occlusion" : "shapley";
  const whyNotExplained =
    results.length === 0
      ? "Click Run first."
      : isOld
        ? "Click Run again first."
        : rows > 1
          ? "Single row only."
          : undefined;
  const { state: many } = batch;
  return (
    <>
      <ChooseBar
        {...props}
        a={a.version}
        b={b?.version}
        on={on ?? ""}
        onB={onB ?? ""}
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
              aria-disabled={Boolean(why) || isBatch}
              onClick={() => !why && !isBatch && request(state.values, run)}
            >
              Run
            </Button>
          </>
        }
      />
      {failure && <StaleLine>{failure}</StaleLine>}
      <Columns columns={b && !isBatch ? "352px minmax(0, 1fr) minmax(0, 1fr)" : "352px minmax(0, 1fr)"}>
        <InputPanel
          fields={fields}
          specs={specs}
          state={state}
          dispatch={dispatch}
          view={view}
          samples={samples}
          isThrough={via === "pipeline"}
          onView={setView}
          onPicture={(values) => request(values, runSoon)}
          onSample={(sample) => {
            setRecorded({ ...sample.recorded, values: sample.values });
            request(sample.values, run);
          }}
          versions={chosen.map(({ version }) => `v${version}`).join(" and ")}
          batch={
            <Suspense>
              <BatchForm
                fields={fields}
                specs={specs}
                values={state.values}
                busy={many?.busy ?? false}
                onStart={(source) => batch.start({ model, sides, via, source })}
                onCancel={batch.cancel}
              />
            </Suspense>
          }
        >
          <ExplainForm
            method={method}
            labels={labels}
            isSampled={countElements(requested ?? state.values) > 12}
            datasets={props.datasets}
            isRecorded={samples.length > 0}
            busy={explanations.busy}
            why={whyNotExplained}
            onExplain={(settings, element) =>
              explanations.explain(
                sides.map((side) => ({
                  model,
                  side,
                  settings,
                  runId: ran?.runId,
                  inputs: toRequest(specs, requested ?? state.values).inputs,
                  ...(element !== undefined && { target: targetOf(results[0]?.outputs, labels, element) }),
                })),
              )
            }
            onCancel={explanations.cancel}
          />
        </InputPanel>
        {isBatch ? (
          <Suspense>
            <BatchResults
              source={many?.source ?? "Batch"}
              total={many?.total ?? 0}
              items={many?.items ?? []}
              names={names}
              end={!many || many.busy ? (many ? "running" : "done") : endOf(many)}
            />
          </Suspense>
        ) : (
          <>
            <VersionColumn {...column} version={labelled(a)} style={styleA} ran={ran?.ran[0]} why={whyOf(0)} />
            {b && (
              <VersionColumn
                {...column}
                version={labelled(b)}
                style={styleB}
                ran={ran?.ran[1]}
                why={whyOf(1)}
                unfit={b.unfit}
              />
            )}
          </>
        )}
      </Columns>
      {!isBatch && (
        <CompareBar
          ran={ran?.ran ?? []}
          names={names}
          labels={labels}
          row={row}
          rows={rows}
          onRow={setRow}
          isOld={isOld}
        >
          {recorded && areSame(recorded.values, state.values) && (
            <TruthBar
              recorded={recorded}
              labels={labels}
              label={actions.label}
              sendToLabels={actions.sendToLabels}
              key={recorded.id}
            />
          )}
        </CompareBar>
      )}
      {!isBatch && ran && ran.difference.length > 0 && names.length === 2 && (
        <DifferencePanel difference={ran.difference} names={[names[0] ?? "", names[1] ?? ""]} />
      )}
    </>
  );
}

/** Returns the target of a selected class: the first output with as many numbers as there are classes. */
function targetOf(
  outputs: { name: string; shape: number[] }[] | undefined,
  labels: string[] | undefined,
  element: number,
) {
  const output = outputs?.find(({ shape }) => shape.at(-1) === labels?.length) ?? outputs?.[0];
  return { output: output?.name ?? "", element };
}

function endOf({ failure, isCancelled }: { failure?: string | undefined; isCancelled: boolean }) {
  if (failure) return { problem: failure };
  return isCancelled ? { problem: "Cancelled. Completed results are kept." } : ("done" as const);
}
