import { formatCount } from "#components/ui/format.ts";
import type { VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";

type Pipeline = NonNullable<VersionPipeline["pipeline"]>;
type Before = Pipeline["before"][number];
type Step = Exclude<Before, { kind: "features" }>["steps"][number] | Pipeline["after"][number]["steps"][number];

/** One way through a pipeline, for people: from what, by which steps, to what. */
export interface PipelineWay {
  from: string;
  steps: string[];
  to: string;
}

/** Describes the preprocessing steps in words. */
export function waysBefore({ before }: Pipeline): PipelineWay[] {
  return before.map((part) => (part.kind === "features" ? lookUpWay(part) : stepsWay(part)));
}

const policyText = { reject: "reject the request", impute: "use the default", flag: "pass to the model" };

type FeaturesPart = Extract<Before, { kind: "features" }>;

/** Describes features that are looked up: by which keys, how, to which columns. */
function lookUpWay({ service, keys, pinned, policy, defaults, override, withinMs }: FeaturesPart): PipelineWay {
  const views = pinned?.views.map(({ view, version }) => `${view} v${version}`) ?? [];
  const inputs = pinned?.keys.map(({ input }) => input) ?? Object.values(keys);
  const values = Object.entries(defaults).map(([column, value]) => `${column} ${JSON.stringify(value)}`);
  return {
    from: inputs.join(", "),
    steps: [
      `Look up ${service ?? "features"}${views.length > 0 ? `: ${views.join(", ")}` : ""}, within ${withinMs} ms`,
      `Too old: ${policyText[policy.stale]}; missing: ${policyText[policy.missing]}; unknown key: ${policyText[policy.unknown]}`,
      ...(values.length > 0 ? [`Defaults: ${values.join(", ")}`] : []),
      override ? "Features in a request are used instead" : "Requests cannot contain these features",
    ],
    to: pinned?.views.flatMap(({ features }) => features.map(({ column }) => column)).join(", ") ?? "columns",
  };
}

function stepsWay(part: Exclude<Before, FeaturesPart>): PipelineWay {
  return {
    from: part.kind === "image" ? `${part.name}, files` : part.columns.map(({ name }) => name).join(", "),
    steps: part.steps.map(describeStep),
    to: part.into ?? "one input per column",
  };
}

/** Describes the postprocessing steps in words. */
export function waysAfter({ after }: Pipeline): PipelineWay[] {
  return after.map(({ name, from, steps }) => ({ from, steps: steps.map(describeStep), to: name }));
}

const fits = { fill: "stretched", cover: "crop to fit", contain: "pad to fit", inside: "inside", outside: "around" };
const formulas: Record<string, string> = { softmax: "Softmax", sigmoid: "Sigmoid", argmax: "Argmax" };

/** Describes one step in a few words. */
export function describeStep(step: Step): string {
  switch (step.step) {
    case "decode":
      return `Decode PNG, JPEG or WebP, up to ${formatCount(step.maxPixels)} pixels${step.orient ? ", EXIF orientation applied" : ""}`;
    case "resize":
      return `Resize to ${step.width} × ${step.height}, ${fits[step.fit]}, ${step.kernel}`;
    case "centre-crop":
      return `Centre-crop to ${step.width} × ${step.height}`;
    case "colour":
      return { grey: "Convert to greyscale", rgb: "Convert to RGB", bgr: "Convert to BGR" }[step.to];
    case "scale":
      return `Times ${step.factor}${step.offset === 0 ? "" : `, plus ${step.offset}`}`;
    case "normalise":
      return `Subtract ${step.mean.join(", ")}, divide by ${step.std.join(", ")}`;
    case "layout":
      return `Axes ${step.order}`;
    case "dtype":
      return `As ${step.datatype}`;
    case "standardise":
      return `Standardise ${Object.keys(step.columns).join(", ")}`;
    case "one-hot":
      return `One-hot encode ${formatCount(step.levels.length)} levels of ${step.column}; unknown: ${step.unknown}`;
    case "select":
      return `Keep ${step.columns.join(", ")}`;
    case "rename":
      return Object.entries(step.names)
        .map(([from, to]) => `${from} is ${to}`)
        .join(", ");
    case "top-k":
      return `Top ${step.k}, as ${step.give === "classes" ? "class indexes" : "values"}`;
    case "threshold":
      return `Threshold at ${step.at}`;
    case "labels":
      return step.labels
        ? `Named ${step.labels.slice(0, 5).join(", ")}${step.labels.length > 5 ? " …" : ""}`
        : "Labels from the model file";
    case "round":
      return `Round to ${step.digits} digits`;
    default:
      return formulas[step.step] ?? step.step;
  }
}
