"use client";

import { Textarea } from "@mantine/core";
import type { Dispatch, ReactNode } from "react";
import type { InputSpec, InputValue, Values } from "#components/serve/tensors/elements.ts";
import type { Field } from "#components/serve/tensors/fields.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { ImageField } from "./image-field.tsx";
import classes from "./input-panel.module.css";
import { type InputsAction, type InputsState, jsonOf, textOf, unreadyReason } from "./inputs-state.ts";
import { PictureField } from "./picture-field.tsx";
import { type Sample, SamplePicker } from "./sample-picker.tsx";
import { FieldLabel, ScalarField } from "./scalar-field.tsx";

export type InputView = "form" | "json" | "batch";

interface InputPanelProps {
  fields: Field[];
  specs: InputSpec[];
  state: InputsState;
  dispatch: Dispatch<InputsAction>;
  view: InputView;
  onView: (view: InputView) => void;
  samples: Sample[];
  /** Called when an image was entered, to run soon. */
  onPicture: (values: Values) => void;
  /** Called when a production request was selected, to run it. */
  onSample: (sample: Sample) => void;
  /** Batch form, shown instead of the form for one input. */
  batch: ReactNode;
  /** Actions on the prediction, below the input. */
  children?: ReactNode;
  /** "v12 and v14". */
  versions: string;
  /** Whether the input passes through the pipeline of the version. */
  isThrough: boolean;
}

/** Renders the input as a form or as raw JSON: two views of one value. */
export function InputPanel(props: InputPanelProps) {
  const { fields, specs, state, view, onView, versions, isThrough } = props;
  const why = unreadyReason(fields, state);
  const { problem } = state.json ?? {};
  const isWrong = Boolean(problem) || fields.some(({ name }) => state.problems[name]);
  return (
    <Panel
      className={classes.panel}
      flush
      title={
        <Segmented
          label="Input format"
          value={view}
          onChange={onView}
          options={[
            { value: "form", label: "Form" },
            { value: "json", label: problem ? "Raw JSON (invalid)" : "Raw JSON" },
            { value: "batch", label: "Batch" },
          ]}
        />
      }
      right={<span className="lw-small lw-quiet">{isThrough ? "from the pipeline" : "from the signature"}</span>}
    >
      <div className={classes.body}>
        {view === "form" ? (
          <Form {...props} />
        ) : view === "batch" ? (
          <div className={classes.wide}>{props.batch}</div>
        ) : (
          <Textarea
            aria-label="Request as JSON"
            classNames={{ input: classes.json }}
            autosize
            minRows={10}
            maxRows={28}
            spellCheck={false}
            value={jsonOf(specs, state)}
            error={problem && (problem.line ? `Line ${problem.line}: ${problem.message}` : problem.message)}
            onChange={(event) => props.dispatch({ kind: "json", specs, text: event.currentTarget.value })}
          />
        )}
      </div>
      {view !== "batch" && props.children}
      <p
        className={classes.foot}
        data-ready={why === undefined || undefined}
        data-wrong={isWrong || undefined}
        role="status"
      >
        <StatusShape state={isWrong ? "missed" : why ? "not-started" : "on-target"} />
        {why ?? `Matches the ${isThrough ? "pipeline" : "signature"} of ${versions}`}
      </p>
    </Panel>
  );
}

function Form({ fields, state, dispatch, samples, onPicture, onSample }: InputPanelProps) {
  function give(name: string, value: InputValue) {
    dispatch({ kind: "value", name, value });
    onPicture({ ...state.values, [name]: value });
  }
  function choose(sample: Sample) {
    dispatch({ kind: "reset", values: sample.values });
    onSample(sample);
  }
  const hasPicture = fields.some(({ kind }) => kind === "image");
  return (
    <>
      {fields.map((field) =>
        field.kind === "file" ? (
          <div className={classes.wide} key={field.name}>
            <p className={classes.label}>
              <FieldLabel field={field} />
            </p>
            <PictureField name={field.name} isGrey={field.isGrey} onChange={(value) => give(field.name, value)} />
          </div>
        ) : field.kind === "image" ? (
          <div className={classes.wide} key={field.name}>
            <p className={classes.label}>
              <FieldLabel field={field} />
            </p>
            {field.hint.description && <p className="lw-small lw-muted">{field.hint.description}</p>}
            <ImageField
              field={field}
              value={state.values[field.name]}
              onChange={(value) => give(field.name, value)}
              samples={samples}
              onSample={choose}
            />
          </div>
        ) : (
          <ScalarField
            field={field}
            text={textOf(field, state)}
            value={state.values[field.name]}
            problem={state.problems[field.name]}
            onText={(text) => dispatch({ kind: "text", field, text })}
            key={field.name}
          />
        ),
      )}
      {!hasPicture && samples.length > 0 && (
        <details className={classes.wide}>
          <summary>From the prediction log: {samples.length} recent requests</summary>
          <SamplePicker samples={samples} onChoose={choose} />
        </details>
      )}
    </>
  );
}
