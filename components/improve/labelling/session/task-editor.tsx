"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useMemo } from "react";
import type { AnswerBody } from "#components/improve/labelling/answers/answer-store.ts";
import { BoxList } from "#components/improve/labelling/boxes/box-list.tsx";
import { colorsOf } from "#components/improve/labelling/class-colors.ts";
import { ChoiceButtons } from "#components/improve/labelling/controls/choice-buttons.tsx";
import controls from "#components/improve/labelling/controls/controls.module.css";
import { QuietButton } from "#components/improve/labelling/controls/quiet-button.tsx";
import { RatingButtons } from "#components/improve/labelling/controls/rating-buttons.tsx";
import { type LabelCommand, listChoices } from "#components/improve/labelling/keys/label-keys.ts";
import { useLabelKeys } from "#components/improve/labelling/keys/use-label-keys.ts";
import { hiddenColumns } from "#components/improve/labelling/shown/shown-field.ts";
import { readFields } from "#components/improve/labelling/shown/shown-fields.ts";
import { SpanTable } from "#components/improve/labelling/spans/span-table.tsx";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { AnswerControl, LabelConfig, LabelValue } from "#server/improve/labelling/contract.ts";
import classes from "./labeller.module.css";
import type { HeldTask } from "./session.ts";
import { ShownThing } from "./shown-objects.tsx";
import { type TaskDraft, useTaskDraft } from "./use-task-draft.ts";

interface TaskEditorProps {
  config: LabelConfig;
  control: AnswerControl;
  held: HeldTask;
  /** How often people answered each class. */
  frequencies: Readonly<Record<string, number>>;
  /** Loads what is predicted; undefined where it must not be shown. */
  loadPrediction: (() => Promise<LabelValue | null>) | undefined;
  onAnswer: (answer: Pick<AnswerBody, "value" | "note" | "shownPrediction">) => void;
  onUndo: () => void;
  onSkip: () => void;
  /** Keys of the page: queues, guidelines. */
  onCommand: (command: LabelCommand) => boolean;
  /** Asks for a field that the project hides. */
  onShow: (field: string) => void;
  /** What stands above the question. */
  notice: React.ReactNode;
  /** The lower part of the right pane. */
  aside: React.ReactNode;
}

/** Renders one task with its choices, and takes its answer by keyboard, pointer or thumb. */
export function TaskEditor(props: TaskEditorProps) {
  const { config, control, held } = props;
  const { task } = held;
  const choices = useMemo(() => listChoices(control.classes, props.frequencies), [control, props.frequencies]);
  const colors = useMemo(() => colorsOf(control.classes), [control]);
  const titles = new Map(control.classes.map(({ name, title }) => [name, title]));
  const titleOf = (name: string) => titles.get(name) ?? name;
  const target = config.objects.find(({ name }) => name === control.toName);
  const row = config.objects.find(({ kind }) => kind === "row");
  const rowValue = row && (fieldOf(task.data, row.field) ?? task.data);
  const shown = target && fieldOf(task.data, target.field);
  const text = typeof shown === "string" ? shown : "";
  const state = useTaskDraft({
    control,
    choices,
    earlier: held.earlier,
    note: held.note,
    text,
    fieldCount: row ? readFields(rowValue, row.field).length : 0,
    loadPrediction: props.loadPrediction,
    onAnswer: props.onAnswer,
  });
  const ratings = control.kind === "ordinal" ? (control.max ?? 5) : 0;
  useLabelKeys(
    {
      taskKind: control.kind,
      choices: control.kind === "ordinal" ? Math.min(9, ratings) : choices.filter(({ digit }) => digit !== null).length,
      hasPicture: config.objects.some(({ kind }) => kind === "image"),
      hasRow: row !== undefined,
    },
    (command, isRepeat) => {
      if (command.kind === "undo" && !isRepeat) props.onUndo();
      else if (command.kind === "skip" && !isRepeat) props.onSkip();
      else return state.act(command, isRepeat) || props.onCommand(command);
      return true;
    },
  );
  const release = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() === "p") state.showPredictions(false);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => release(event);
    document.addEventListener("keyup", listen);
    return () => document.removeEventListener("keyup", listen);
  }, []);

  const others = config.objects.filter((object) => object !== target);
  const parts = { task, control, state, titleOf, colors, hidden: hiddenColumns(task.hiddenFields, config.objects) };
  return (
    <>
      <section className={classes.centre} aria-label="Item">
        {props.notice}
        <h1 className={classes.question}>{config.question || defaultQuestion(control.kind)}</h1>
        <div className={classes.things}>
          {target && <ShownThing object={target} {...parts} onShow={props.onShow} />}
          {others.map((object) => (
            <ShownThing object={object} {...parts} onShow={props.onShow} key={object.name} />
          ))}
        </div>
        <AnswerForm control={control} state={state} choices={choices} colors={colors} ratings={ratings} />
        <div className={controls.actions}>
          {(control.kind === "boxes" || control.kind === "spans") && choices.length < 9 && (
            <QuietButton letter={String(choices.length + 1)} onClick={state.answerNone}>
              {control.kind === "boxes" ? "No boxes" : "No spans"}
            </QuietButton>
          )}
          <QuietButton letter="0" onClick={state.giveCannotTell}>
            Cannot tell
          </QuietButton>
          <QuietButton letter="N" onClick={() => state.setIsNoting(true)}>
            Note
          </QuietButton>
          <QuietButton letter="S" onClick={props.onSkip}>
            Skip
          </QuietButton>
          <QuietButton letter="Z" onClick={props.onUndo} isLast>
            <IconArrowBackUp size={15} stroke={1.7} aria-hidden="true" /> Undo
          </QuietButton>
          {control.kind !== "class" && control.kind !== "ordinal" && <SubmitButton control={control} state={state} />}
        </div>
        {(state.isNoting || state.draft.note !== "") && (
          <TextInput
            label="Note"
            description="For reviewers. Esc leaves the field."
            autoFocus={state.isNoting}
            maxLength={2000}
            value={state.draft.note}
            onChange={(event) => state.setNote(event.currentTarget.value)}
          />
        )}
        {control.kind === "spans" && state.draft.spans.spans.length > 0 && (
          <SpanTable
            text={text}
            spans={state.draft.spans.spans}
            selected={state.draft.spans.selected}
            titleOf={titleOf}
          />
        )}
      </section>
      <aside className={classes.right} aria-label="About this item">
        {control.kind === "boxes" && state.draft.boxes.boxes.length > 0 && (
          <section>
            <h2 className={classes.heading}>
              Boxes <span className="lw-number">{state.draft.boxes.boxes.length}</span>
            </h2>
            <BoxList
              boxes={state.draft.boxes.boxes}
              selected={state.draft.boxes.selected}
              titleOf={titleOf}
              onSelect={(index) => state.stepBoxes({ kind: "select", index })}
            />
          </section>
        )}
        {props.aside}
      </aside>
    </>
  );
}

interface AnswerFormProps {
  control: AnswerControl;
  state: TaskDraft;
  choices: ReturnType<typeof listChoices>;
  colors: Readonly<Record<string, string>>;
  ratings: number;
}

function AnswerForm({ control, state, choices, colors, ratings }: AnswerFormProps) {
  switch (control.kind) {
    case "ordinal":
      return <RatingButtons count={ratings} chosen={state.draft.rating} onChoose={state.rate} />;
    case "number":
      return (
        <TextInput
          ref={state.answerField}
          label="Number"
          description={describeLimits(control)}
          inputMode="decimal"
          autoComplete="off"
          autoFocus
          value={state.draft.text}
          error={state.problem}
          onChange={(event) => state.setText(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <Textarea
          ref={state.answerField}
          label="Text"
          autosize
          minRows={2}
          maxRows={12}
          maxLength={20_000}
          autoFocus
          value={state.draft.text}
          error={state.problem}
          onChange={(event) => state.setText(event.currentTarget.value)}
        />
      );
    default:
      return (
        <div className={classes.under}>
          <ChoiceButtons
            choices={choices}
            chosen={chosenOf(control, state)}
            onChoose={state.choose}
            searchField={state.searchField}
            {...(control.kind === "spans" && { colorOf: (name: string) => colors[name] ?? "var(--lw-series-6)" })}
          />
          {state.problem && <p role="alert">{state.problem}</p>}
        </div>
      );
  }
}

function chosenOf(control: AnswerControl, { draft }: TaskDraft): string[] {
  if (control.kind === "multilabel") return draft.labels;
  if (control.kind === "boxes") {
    const { boxes, selected, label } = draft.boxes;
    return [selected === null ? label : (boxes[selected]?.label ?? label)];
  }
  if (control.kind === "spans") {
    const { spans, selected } = draft.spans;
    return selected === null ? [] : [spans[selected]?.label ?? ""];
  }
  return draft.label === null ? [] : [draft.label];
}

function SubmitButton({ control, state }: { control: AnswerControl; state: TaskDraft }) {
  const modKey = useModKey();
  const { boxes, spans } = state.draft;
  const words =
    control.kind === "boxes"
      ? `Submit ${plural(boxes.boxes.length, "box", "boxes")}`
      : control.kind === "spans"
        ? `Submit ${plural(spans.spans.length, "span")}`
        : "Submit";
  return (
    <Button
      onClick={() => state.submit()}
      rightSection={<Keys keys={control.kind === "text" ? [modKey, "↵"] : ["↵"]} />}
    >
      {words}
    </Button>
  );
}

function describeLimits({ min, max, step }: AnswerControl): string | undefined {
  const parts = [
    min !== undefined && `at least ${min}`,
    max !== undefined && `at most ${max}`,
    step !== undefined && `in steps of ${step}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : undefined;
}

const questions: Record<AnswerControl["kind"], string> = {
  class: "Which class is this?",
  multilabel: "Which classes are these?",
  boxes: "Where are they?",
  spans: "Which parts of the text are they?",
  number: "What is the number?",
  text: "What does it say?",
  ordinal: "How do you rate this?",
};

function defaultQuestion(kind: AnswerControl["kind"]): string {
  return questions[kind];
}
