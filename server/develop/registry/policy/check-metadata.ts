import type { MetadataItem, Policy, Requirement } from "./contract.ts";

/** Facts about a version that policies require. */
export interface MetadataFacts {
  /** Name of the user who owns the model; null when the owner is not a user of the workspace. */
  owner: string | null;
  description: string | null;
  /** Name of the run that created it; null if there is none. */
  run: string | null;
  /** "name, digest" of each dataset that the run used. */
  datasets: string[];
  /** Reason why there is no signature; null when there is one. */
  unsigned: string | null;
  licence: string | null;
  metrics: ReadonlyMap<string, number>;
}

/** Checks the policy's required items, and returns each with its value or with how to add it. */
export function checkMetadata(required: Policy["required"], facts: MetadataFacts): MetadataItem[] {
  return [
    ...required.items.map((item) => ({ item, ...checks[item](facts) })),
    ...required.metrics.map((key) => ({ item: `metric:${key}`, ...metric(facts.metrics.get(key), key) })),
  ];
}

type Check = Omit<MetadataItem, "item">;
const there = (words: string): Check => ({ isPresent: true, words });
const missing = (words: string): Check => ({ isPresent: false, words });

const checks: Record<Requirement, (facts: MetadataFacts) => Check> = {
  owner: ({ owner }) => (owner ? there(owner) : missing("Set an owner for the model.")),
  description: ({ description }) =>
    description ? there("described") : missing("Add a description to the model or this version."),
  "source-run": ({ run }) =>
    run ? there(run) : missing("Register the version from a run in this workspace (run_id)."),
  "dataset-digest": ({ datasets }) =>
    datasets.length > 0 ? there(datasets.join("; ")) : missing("Log the dataset in the run with mlflow.log_input."),
  signature: ({ unsigned }) => (unsigned === null ? there("inputs and outputs are known") : missing(unsigned)),
  licence: ({ licence }) => (licence ? there(licence) : missing('Add a "licence" tag to the model or the version.')),
};

function metric(value: number | undefined, key: string): Check {
  if (value === undefined) return missing(`Log the metric ${key} in the run.`);
  return Number.isNaN(value) ? missing(`${key} is not a number.`) : there(String(value));
}
