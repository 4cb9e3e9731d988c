"use client";

import { useMemo, useRef, useState } from "react";
import type { AnswerBody } from "#components/improve/labelling/answers/answer-store.ts";
import { type BoxStep, editBoxes } from "#components/improve/labelling/boxes/box-editor.ts";
import { middleOf, partInView, wholePicture, zoomAt } from "#components/improve/labelling/boxes/picture-view.ts";
import type { Choice, LabelCommand } from "#components/improve/labelling/keys/label-keys.ts";
import { editSpans, readSpanText, type SpanStep } from "#components/improve/labelling/spans/span-editor.ts";
import type { AnswerControl, BoxValue, LabelValue, SpanValue } from "#server/improve/labelling/contract.ts";
import { newDraft, readDraft, toggleLabel } from "./draft.ts";
import { describeFailure } from "./work.ts";

interface TaskDraftInput {
  control: AnswerControl;
  choices: readonly Choice[];
  earlier: LabelValue | null;
  /** Note of the earlier answer. */
  note: string;
  /** Text of the task, for spans. */
  text: string;
  /** Number of fields of the row. */
  fieldCount: number;
  /** Loads what is predicted; undefined where it must not be shown. */
  loadPrediction: (() => Promise<LabelValue | null>) | undefined;
  onAnswer: (answer: Pick<AnswerBody, "value" | "note" | "shownPrediction">) => void;
}

const zoomFactor = 1.5;

/** Holds the answer to the task on screen, and what its keys do. */
export function useTaskDraft(input: TaskDraftInput) {
  const { control, choices, loadPrediction, onAnswer } = input;
  const [draft, setDraft] = useState(() => newDraft(control, input.earlier, input.note));
  const [view, setView] = useState(wholePicture);
  const [hasContrast, setHasContrast] = useState(false);
  const [isPredicting, setIsPredicting] = useState(false);
  /** Undefined until someone looks at it: it is not even loaded before. */
  const [suggestions, setSuggestions] = useState<LabelValue | null>();
  const [isNoting, setIsNoting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [rowField, setRowField] = useState<number | null>(null);
  const source = useMemo(() => readSpanText(input.text), [input.text]);
  const answerField = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const isAnswered = useRef(false);

  const stepBoxes = (step: BoxStep) => setDraft((before) => ({ ...before, boxes: editBoxes(before.boxes, step) }));
  const stepSpans = (step: SpanStep) =>
    setDraft((before) => ({ ...before, spans: editSpans(source, before.spans, step) }));

  /** Each task is answered once, however often its key is pressed. */
  function give(value: LabelValue | null) {
    if (isAnswered.current) return;
    isAnswered.current = true;
    onAnswer({ value, note: draft.note.trim(), shownPrediction: draft.shownPrediction });
  }

  function submit(filled = draft) {
    const read = readDraft(control, filled);
    if ("problem" in read) return setProblem(read.problem);
    give(read.value);
  }

  function choose(name: string) {
    setProblem(undefined);
    if (control.kind === "class") give({ kind: "class", label: name });
    else if (control.kind === "multilabel") setDraft((before) => toggleLabel(before, control, name));
    else if (control.kind === "boxes") stepBoxes({ kind: "classify", label: name });
    else stepSpans({ kind: "classify", label: name });
  }

  function rate(rating: number) {
    give({ kind: "ordinal", rating });
  }

  function answerNone() {
    give(control.kind === "boxes" ? { kind: "boxes", boxes: [] } : { kind: "spans", spans: [] });
  }

  /** Takes over the first predicted box or span that the answer does not have. */
  function adoptNext() {
    if (suggestions?.kind === "boxes") {
      const next = suggestions.boxes.find((box) => !draft.boxes.boxes.some((other) => isSameBox(other, box)));
      if (next) stepBoxes({ kind: "adopt", box: next });
    }
    if (suggestions?.kind === "spans") {
      const next = suggestions.spans.find((span) => !draft.spans.spans.some((other) => isSameSpan(other, span)));
      if (next) stepSpans({ kind: "adopt", span: next });
    }
  }

  function showPredictions(shown: boolean) {
    if (!loadPrediction) return;
    setIsPredicting(shown);
    if (!shown || draft.shownPrediction) return;
    setDraft((before) => ({ ...before, shownPrediction: true }));
    loadPrediction()
      .then(setSuggestions)
      .catch((error: unknown) => setProblem(describeFailure(error)));
  }

  /** Returns false for a key that does nothing for this task. */
  function act(command: LabelCommand, isRepeat: boolean): boolean {
    switch (command.kind) {
      case "class": {
        if (isRepeat) return true;
        if (control.kind === "ordinal") rate(command.index + 1);
        else {
          const choice = choices.find(({ digit }) => digit === String(command.index + 1));
          if (!choice) return false;
          choose(choice.name);
        }
        return true;
      }
      case "none":
        if (!isRepeat) answerNone();
        return true;
      case "cannot-tell":
        if (!isRepeat) give(null);
        return true;
      case "submit":
        if (!isRepeat) submit();
        return true;
      case "note":
        setIsNoting(true);
        return true;
      case "contrast":
        setHasContrast((before) => !before);
        return true;
      case "zoom":
        setView((before) => zoomAt(before, middleOf(before), command.by === 1 ? zoomFactor : 1 / zoomFactor));
        return true;
      case "show-predictions":
        if (!isRepeat) showPredictions(true);
        return loadPrediction !== undefined;
      case "next-suggestion":
        // Only after the predictions were looked at: else Space would reveal them.
        if (draft.shownPrediction) adoptNext();
        return true;
      case "new-box":
        stepBoxes({ kind: "draw-middle", view: partInView(view) });
        return true;
      case "move-box":
        stepBoxes({ kind: "move", dx: command.dx, dy: command.dy });
        return draft.boxes.selected !== null;
      case "resize-box":
        stepBoxes({ kind: "resize", handle: "se", dx: command.dx, dy: command.dy });
        return draft.boxes.selected !== null;
      case "walk":
        if (control.kind === "boxes") stepBoxes(command);
        else stepSpans(command);
        // With nothing to walk through, Tab leads to the buttons as everywhere.
        return (control.kind === "boxes" ? draft.boxes.boxes : draft.spans.spans).length > 0;
      case "delete":
        if (control.kind === "boxes") stepBoxes(command);
        else stepSpans(command);
        return true;
      case "go":
      case "shorten":
        stepSpans(command);
        return true;
      case "to-field":
        answerField.current?.focus();
        return answerField.current !== null;
      case "search-classes":
        searchField.current?.focus();
        return searchField.current !== null;
      case "row-field":
        setRowField((before) => Math.min(input.fieldCount - 1, Math.max(0, before === null ? 0 : before + command.by)));
        return true;
      default:
        return false;
    }
  }

  return {
    draft,
    view,
    setView,
    hasContrast,
    toggleContrast: () => setHasContrast((before) => !before),
    suggestions: isPredicting ? suggestions : undefined,
    canPredict: loadPrediction !== undefined,
    showPredictions,
    isNoting,
    setIsNoting,
    problem,
    rowField,
    source,
    answerField,
    searchField,
    stepBoxes,
    stepSpans,
    choose,
    rate,
    answerNone,
    submit,
    giveCannotTell: () => give(null),
    setText: (text: string) => {
      setProblem(undefined);
      setDraft((before) => ({ ...before, text }));
    },
    setNote: (note: string) => setDraft((before) => ({ ...before, note })),
    act,
  };
}

export type TaskDraft = ReturnType<typeof useTaskDraft>;

function isSameBox(a: BoxValue, b: BoxValue): boolean {
  return a.label === b.label && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

function isSameSpan(a: SpanValue, b: SpanValue): boolean {
  return a.label === b.label && a.start === b.start && a.end === b.end;
}
