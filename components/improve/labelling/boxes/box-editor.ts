import type { BoxValue } from "#server/improve/labelling/contract.ts";
import { type Handle, middleBox, moveBox, type Rectangle, resizeBox } from "./box-geometry.ts";

/** Boxes of an answer while it is drawn. */
export interface BoxDraft {
  boxes: BoxValue[];
  selected: number | null;
  /** Class of the next box. */
  label: string;
}

export type BoxStep =
  | { kind: "draw"; box: Rectangle }
  | { kind: "draw-middle"; view: Rectangle }
  | { kind: "select"; index: number | null }
  /** Selects the next or the previous one, round the end. */
  | { kind: "walk"; by: 1 | -1 }
  /** Sets the class of the selected box, or of the next one if none is selected. */
  | { kind: "classify"; label: string }
  | { kind: "move"; dx: number; dy: number }
  | { kind: "resize"; handle: Handle; dx: number; dy: number }
  /** Replaces the selected box, while it is dragged. */
  | { kind: "place"; box: Rectangle }
  | { kind: "adopt"; box: BoxValue }
  | { kind: "delete" };

/** Returns the draft with which a picture opens. @param boxes those of an earlier answer that was undone */
export function emptyBoxes(label: string, boxes: readonly BoxValue[] = []): BoxDraft {
  return { boxes: [...boxes], selected: null, label };
}

/** Applies one step of drawing. Boxes that are added become the selected one. */
export function editBoxes(draft: BoxDraft, step: BoxStep): BoxDraft {
  const { boxes, selected } = draft;
  switch (step.kind) {
    case "draw":
      return withBox(draft, { label: draft.label, ...step.box });
    case "draw-middle":
      return withBox(draft, { label: draft.label, ...middleBox(step.view) });
    case "adopt":
      return withBox(draft, step.box);
    case "select":
      return { ...draft, selected: step.index };
    case "walk":
      return { ...draft, selected: walk(boxes.length, selected, step.by) };
    case "classify":
      return { ...changed(draft, (box) => ({ ...box, label: step.label })), label: step.label };
    case "move":
      return changed(draft, (box) => ({ ...box, ...moveBox(box, step.dx, step.dy) }));
    case "resize":
      return changed(draft, (box) => ({ ...box, ...resizeBox(box, step.handle, step.dx, step.dy) }));
    case "place":
      return changed(draft, (box) => ({ ...box, ...step.box }));
    case "delete": {
      if (selected === null) return draft;
      const rest = boxes.filter((_, index) => index !== selected);
      return { ...draft, boxes: rest, selected: rest.length === 0 ? null : Math.min(selected, rest.length - 1) };
    }
  }
}

function withBox(draft: BoxDraft, box: BoxValue): BoxDraft {
  return { ...draft, boxes: [...draft.boxes, box], selected: draft.boxes.length };
}

function changed(draft: BoxDraft, change: (box: BoxValue) => BoxValue): BoxDraft {
  if (draft.selected === null) return draft;
  return { ...draft, boxes: draft.boxes.map((box, index) => (index === draft.selected ? change(box) : box)) };
}

/** Returns the place after or before one in a list that has no end; null for an empty list. */
export function walk(length: number, from: number | null, by: 1 | -1): number | null {
  if (length === 0) return null;
  if (from === null) return by === 1 ? 0 : length - 1;
  return (from + by + length) % length;
}
