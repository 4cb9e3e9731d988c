import type { LabelTaskKind } from "#server/improve/labelling/contract.ts";

/** Names of the task kinds. */
export const kindLabels: Readonly<Record<LabelTaskKind, string>> = {
  class: "One class",
  multilabel: "Several classes",
  boxes: "Boxes on a picture",
  spans: "Spans of a text",
  number: "Number",
  text: "Text",
  ordinal: "Rating",
};

/** What people are asked, for a choice of the task kind. */
export const kindDescriptions: Readonly<Record<LabelTaskKind, string>> = {
  class: "one class per item",
  multilabel: "several classes per item",
  boxes: "where things are in a picture, and what",
  spans: "classes for passages of a text",
  number: "a number, such as a weight",
  text: "a text, such as a transcript",
  ordinal: "a rating, starting at 1",
};
