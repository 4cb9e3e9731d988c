import { walk } from "#components/improve/labelling/boxes/box-editor.ts";
import type { SpanValue } from "#server/improve/labelling/contract.ts";
import { codePointLength, findWordPlaces, sliceCodePoints, type Word } from "./code-points.ts";

/** A text and its words, which do not change while it is labelled. */
export interface SpanText {
  text: string;
  length: number;
  words: Word[];
}

/** Spans of an answer while they are marked. Places are in code points. */
export interface SpanDraft {
  spans: SpanValue[];
  selected: number | null;
  /** Where the selection began and where it is; equal without one. */
  anchor: number;
  focus: number;
}

export type SpanStep =
  /** A selection with the pointer. */
  | { kind: "mark"; anchor: number; focus: number }
  /** Moves the place by a word, or extends the selection by a word or a character. */
  | { kind: "go"; by: 1 | -1; extend: boolean; unit: "word" | "character" }
  /** Labels the selection, or changes the class of the selected span. */
  | { kind: "classify"; label: string }
  | { kind: "select"; index: number | null }
  | { kind: "walk"; by: 1 | -1 }
  /** Takes a word off the selected span: from its end (-1) or its start (1). */
  | { kind: "shorten"; by: 1 | -1 }
  | { kind: "adopt"; span: SpanValue }
  | { kind: "delete" };

export function readSpanText(text: string): SpanText {
  return { text, length: codePointLength(text), words: findWordPlaces(text) };
}

/** Returns the draft with which a text opens. @param spans those of an earlier answer that was undone */
export function emptySpans(spans: readonly SpanValue[] = []): SpanDraft {
  return { spans: inOrder(spans), selected: null, anchor: 0, focus: 0 };
}

/** Applies one step of marking. Spans stay in the order of the text and may overlap. */
export function editSpans(source: SpanText, draft: SpanDraft, step: SpanStep): SpanDraft {
  const { spans, selected } = draft;
  const current = selected === null ? undefined : spans[selected];
  switch (step.kind) {
    case "mark":
      return { ...draft, selected: null, anchor: step.anchor, focus: step.focus };
    case "select":
      return { ...draft, selected: step.index };
    case "walk":
      return { ...draft, selected: walk(spans.length, selected, step.by) };
    case "adopt":
      return withSpan(draft, step.span);
    case "classify": {
      const marked = trimmed(source, draft);
      if (marked) return withSpan(draft, { label: step.label, ...marked });
      return current ? replaced(draft, { ...current, label: step.label }) : draft;
    }
    case "go": {
      if (current && step.extend && draft.anchor === draft.focus) {
        const span =
          step.by === 1
            ? { ...current, end: next(source, current.end, 1, step.unit) }
            : { ...current, start: next(source, current.start, -1, step.unit) };
        return replaced(draft, span);
      }
      const focus = next(source, draft.focus, step.by, step.unit, step.extend);
      return { ...draft, selected: null, focus, anchor: step.extend ? draft.anchor : focus };
    }
    case "shorten": {
      if (!current) return draft;
      const inner = source.words.filter(({ start, end }) => start >= current.start && end <= current.end);
      const word = step.by === 1 ? inner[1] : inner.at(-2);
      if (!word) return draft;
      return replaced(draft, step.by === 1 ? { ...current, start: word.start } : { ...current, end: word.end });
    }
    case "delete": {
      if (selected === null) return { ...draft, anchor: draft.focus };
      const rest = spans.filter((_, index) => index !== selected);
      return { ...draft, spans: rest, selected: rest.length === 0 ? null : Math.min(selected, rest.length - 1) };
    }
  }
}

/** Returns what is selected, without space at its ends; undefined for nothing. */
export function trimmed({ text }: SpanText, { anchor, focus }: SpanDraft): Word | undefined {
  let [start, end] = [Math.min(anchor, focus), Math.max(anchor, focus)];
  const characters = [...sliceCodePoints(text, start, end)];
  while (end > start && characters.at(-1)?.trim() === "") {
    characters.pop();
    end -= 1;
  }
  for (const character of characters) {
    if (character.trim() !== "") break;
    start += 1;
  }
  return start < end ? { start, end } : undefined;
}

/** Returns the next place: an end of a word to the right while extending, else the start of a word. */
function next({ words, length }: SpanText, from: number, by: 1 | -1, unit: "word" | "character", extend = true) {
  if (unit === "character") return Math.min(length, Math.max(0, from + by));
  if (by === -1) return words.findLast(({ start }) => start < from)?.start ?? 0;
  if (extend) return words.find(({ end }) => end > from)?.end ?? length;
  return words.find(({ start }) => start > from)?.start ?? length;
}

function inOrder(spans: readonly SpanValue[]): SpanValue[] {
  return spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** Adds a span, unless the same one is there already, and selects it. */
function withSpan(draft: SpanDraft, span: SpanValue): SpanDraft {
  const isSame = (other: SpanValue) =>
    other.start === span.start && other.end === span.end && other.label === span.label;
  const known = draft.spans.findIndex(isSame);
  const spans = known === -1 ? inOrder([...draft.spans, span]) : draft.spans;
  return { spans, selected: spans.findIndex(isSame), anchor: span.end, focus: span.end };
}

function replaced(draft: SpanDraft, span: SpanValue): SpanDraft {
  const spans = inOrder(draft.spans.map((other, index) => (index === draft.selected ? span : other)));
  return { ...draft, spans, selected: spans.indexOf(span) };
}
