import type { LabelTaskKind, ShownObject } from "#server/improve/labelling/contract.ts";
import type { CreateLabelProject } from "#server/improve/labelling/projects/contract.ts";

/** A label project while its form is filled in; numbers are what the fields hold. */
export interface ProjectDraft {
  name: string;
  endpoint: string;
  taskKind: LabelTaskKind;
  /** One class a line. */
  classes: string;
  shownKind: ShownObject["kind"];
  /** Field of the items that is shown. */
  field: string;
  question: string;
  min: string;
  max: string;
  guidelines: string;
  /** Labels that an item takes: one, or until people agree. */
  labels: "one" | "several";
}

export const newProjectDraft: ProjectDraft = {
  name: "",
  endpoint: "",
  taskKind: "class",
  classes: "",
  shownKind: "image",
  field: "image",
  question: "",
  min: "",
  max: "",
  guidelines: "",
  labels: "several",
};

/** What can be drawn on or marked is fixed by the task kind; everything else may be shown for any question. */
export function shownKindsOf(kind: LabelTaskKind): ShownObject["kind"][] {
  if (kind === "boxes") return ["image"];
  return kind === "spans" ? ["text"] : ["image", "row", "text"];
}

export const hasClasses = (kind: LabelTaskKind) => ["class", "multilabel", "boxes", "spans"].includes(kind);

/** Changes the task kind; what is shown follows where the kind does not allow it. */
export function withKind(draft: ProjectDraft, taskKind: LabelTaskKind): ProjectDraft {
  const [first = "row"] = shownKindsOf(taskKind);
  return shownKindsOf(taskKind).includes(draft.shownKind)
    ? { ...draft, taskKind }
    : withShown({ ...draft, taskKind }, first);
}

/** Changes what is shown, and the name of its field unless someone chose one. */
export function withShown(draft: ProjectDraft, shownKind: ShownObject["kind"]): ProjectDraft {
  return {
    ...draft,
    shownKind,
    field: draft.field === draft.shownKind || draft.field === "" ? shownKind : draft.field,
  };
}

/** Returns the classes of a draft, without empty lines. */
function classesOf({ classes }: Pick<ProjectDraft, "classes">): string[] {
  return classes
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Returns what creates the project, or complaints by field. */
export function readProjectDraft(draft: ProjectDraft): {
  input?: CreateLabelProject;
  complaints: Partial<Record<keyof ProjectDraft, string>>;
} {
  const complaints: Partial<Record<keyof ProjectDraft, string>> = {};
  const classes = classesOf(draft);
  if (draft.name.trim() === "") complaints.name = "Enter a name.";
  if (draft.field.trim() === "") complaints.field = "Enter the name of the field that is shown.";
  if (hasClasses(draft.taskKind) && classes.length === 0) complaints.classes = "Enter at least one class.";
  const twice = classes.find((name, at) => classes.indexOf(name) !== at);
  if (hasClasses(draft.taskKind) && twice !== undefined) complaints.classes = `“${twice}” is listed twice.`;
  const [min, max] = [readBound(draft.min), readBound(draft.max)];
  if (Number.isNaN(min)) complaints.min = "Enter a number.";
  if (Number.isNaN(max)) complaints.max = "Enter a number.";
  if (min !== undefined && max !== undefined && min >= max) complaints.max = "Must be more than the minimum.";
  if (draft.taskKind === "ordinal" && max !== undefined && !(Number.isInteger(max) && max >= 2 && max <= 100)) {
    complaints.max = "Enter a whole number from 2 to 100.";
  }
  if (Object.keys(complaints).length > 0) return { complaints };
  const field = draft.field.trim();
  const isNumber = draft.taskKind === "number";
  const isRating = draft.taskKind === "ordinal";
  const input: CreateLabelProject = {
    name: draft.name.trim(),
    taskKind: draft.taskKind,
    shown: [{ name: draft.shownKind, kind: draft.shownKind, field }],
    question: draft.question.trim(),
    guideline: { text: draft.guidelines },
  };
  if (draft.labels === "one") input.settings = { minAnswers: 1, maxAnswers: 1 };
  if (draft.endpoint !== "") input.endpoint = draft.endpoint;
  if (hasClasses(draft.taskKind)) input.classes = classes;
  if (isNumber || isRating) {
    input.range = {};
    if (isNumber && min !== undefined) input.range.min = min;
    if (max !== undefined) input.range.max = max;
  }
  return { input, complaints };
}

/** Undefined for an empty field, NaN for no number. */
function readBound(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
