import { DomainError } from "#server/base/errors.ts";
import type { AnswerControl, LabelClass, LabelConfig, LabelTaskKind, ShownObject } from "../contract.ts";

/** What a project asks, in the words of someone who knows nothing of Label Studio. */
interface Request {
  taskKind: LabelTaskKind;
  classes: readonly (string | LabelClass)[];
  shown: readonly ShownObject[] | undefined;
  question: string;
  range: { min?: number | undefined; max?: number | undefined; step?: number | undefined } | undefined;
}

/** Label Studio's region type of each task kind. */
const types: Record<LabelTaskKind, AnswerControl["type"]> = {
  class: "choices",
  multilabel: "choices",
  boxes: "rectanglelabels",
  spans: "labels",
  number: "number",
  text: "textarea",
  ordinal: "rating",
};

const hasClasses = (kind: LabelTaskKind) => ["class", "multilabel", "boxes", "spans"].includes(kind);
/** Points of a rating without another maximum. */
const defaultRating = 5;

/**
 * Makes the configuration of a project with one question about one thing.
 * @throws DomainError "invalid" without classes where the kind has them, with two of one name, or with nothing to draw on
 */
export function makeLabelConfig({ taskKind, classes, shown, question, range }: Request): LabelConfig {
  const objects = shown && shown.length > 0 ? [...shown] : [defaultObject(taskKind)];
  const target = objects.find(({ kind }) => isTargetOf(taskKind, kind));
  if (!target) {
    const needed = taskKind === "boxes" ? "a picture" : "a text";
    throw new DomainError("invalid", `Answers of this kind are drawn on ${needed}, and none is shown.`, {
      field: "shown",
    });
  }
  const control: AnswerControl = {
    name: "answer",
    toName: target.name,
    kind: taskKind,
    type: types[taskKind],
    isRequired: true,
    classes: hasClasses(taskKind) ? distinctClasses(classes) : [],
    ...rangeOf(taskKind, range),
  };
  return { question, objects, controls: [control], unknownTags: [] };
}

function defaultObject(kind: LabelTaskKind): ShownObject {
  if (kind === "boxes") return { name: "image", kind: "image", field: "image" };
  if (kind === "spans") return { name: "text", kind: "text", field: "text" };
  return { name: "row", kind: "row", field: "row" };
}

function isTargetOf(kind: LabelTaskKind, shown: ShownObject["kind"]): boolean {
  if (kind === "boxes") return shown === "image";
  if (kind === "spans") return shown === "text";
  return true;
}

function distinctClasses(classes: Request["classes"]): LabelClass[] {
  if (classes.length === 0) throw new DomainError("invalid", "Enter the classes.", { field: "classes" });
  const all = classes.map((each) => (typeof each === "string" ? { name: each, title: each } : each));
  const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at);
  if (twice) throw new DomainError("invalid", `Class "${twice.name}" is listed twice.`, { field: "classes" });
  return all;
}

function rangeOf(kind: LabelTaskKind, range: Request["range"]): Pick<AnswerControl, "min" | "max" | "step"> {
  if (kind === "ordinal") return { min: 1, max: range?.max ?? defaultRating };
  if (kind !== "number") return {};
  return {
    ...(range?.min !== undefined && { min: range.min }),
    ...(range?.max !== undefined && { max: range.max }),
    ...(range?.step !== undefined && { step: range.step }),
  };
}
