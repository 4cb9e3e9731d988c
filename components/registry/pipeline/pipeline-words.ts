import { formatCount } from "#components/ui/format.ts";
import type { VersionPipeline } from "#server/registry/pipeline/contract.ts";

type Pipeline = NonNullable<VersionPipeline["pipeline"]>;
type Before = Pipeline["before"][number];
type Step = Before["steps"][number] | Pipeline["after"][number]["steps"][number];

/** One way through a pipeline, for people: from what, by which steps, to what. */
export interface PipelineWay {
  from: string;
  steps: string[];
  to: string;
}

/** What happens before the model, in words. */
export function waysBefore({ before }: Pipeline): PipelineWay[] {
  return before.map((part) => ({
    from: part.kind === "image" ? `${part.name}, files` : part.columns.map(({ name }) => name).join(", "),
    steps: part.steps.map(stepWords),
    to: part.into ?? "the input of each column's name",
  }));
}

/** What happens after the model, in words. */
export function waysAfter({ after }: Pipeline): PipelineWay[] {
  return after.map(({ name, from, steps }) => ({ from, steps: steps.map(stepWords), to: name }));
}

const fits = { fill: "stretched", cover: "cut to fit", contain: "with borders", inside: "inside", outside: "around" };
const formulas: Record<string, string> = { softmax: "Softmax", sigmoid: "Sigmoid", argmax: "Highest place" };

/** One step in a few words. */
export function stepWords(step: Step): string {
  switch (step.step) {
    case "decode":
      return `Decode PNG, JPEG or WebP, up to ${formatCount(step.maxPixels)} pixels${step.orient ? ", upright" : ""}`;
    case "resize":
      return `Resize to ${step.width} × ${step.height}, ${fits[step.fit]}, ${step.kernel}`;
    case "centre-crop":
      return `Cut out the middle ${step.width} × ${step.height}`;
    case "colour":
      return { grey: "To grey", rgb: "To red, green, blue", bgr: "To blue, green, red" }[step.to];
    case "scale":
      return `Times ${step.factor}${step.offset === 0 ? "" : `, plus ${step.offset}`}`;
    case "normalise":
      return `Less ${step.mean.join(", ")}, divided by ${step.std.join(", ")}`;
    case "layout":
      return `Axes ${step.order}`;
    case "dtype":
      return `As ${step.datatype}`;
    case "standardise":
      return `Standardise ${Object.keys(step.columns).join(", ")}`;
    case "one-hot":
      return `One column for each of ${formatCount(step.levels.length)} levels of ${step.column}; others: ${step.unknown}`;
    case "select":
      return `Keep ${step.columns.join(", ")}`;
    case "rename":
      return Object.entries(step.names)
        .map(([from, to]) => `${from} is ${to}`)
        .join(", ");
    case "top-k":
      return `The ${step.k} highest, their ${step.give === "classes" ? "places" : "values"}`;
    case "threshold":
      return `1 from ${step.at} on`;
    case "labels":
      return step.labels
        ? `Named ${step.labels.slice(0, 5).join(", ")}${step.labels.length > 5 ? " …" : ""}`
        : "Named as in the file";
    case "round":
      return `Rounded to ${step.digits} digits`;
    default:
      return formulas[step.step] ?? step.step;
  }
}
