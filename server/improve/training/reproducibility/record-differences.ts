import type { JobSpec, ReproducibilityRecord } from "../contract.ts";
import type { RecordDifference } from "./contract.ts";

export interface Recorded {
  spec: JobSpec;
  record: ReproducibilityRecord;
  attempts: number;
}

type Values = Readonly<Record<string, string>>;

/**
 * Lists where the records of two jobs differ, what changes results most first: code, command, parameters, seed, data; then image, packages and
 * machine. Names that belong to every start (the job, its run, its folders) are not compared. docs/spec/training.md section 13.
 */
export function recordDifferences(original: Recorded, rerun: Recorded): RecordDifference[] {
  const [before, after] = [partsOf(original), partsOf(rerun)];
  return before.flatMap(([part, values], at) => {
    const others = after[at]?.[1] ?? {};
    const names = [...new Set([...Object.keys(values), ...Object.keys(others)])].toSorted();
    return names
      .filter((name) => values[name] !== others[name])
      .map((name) => ({ part, name, original: values[name] ?? null, rerun: others[name] ?? null }));
  });
}

/** Variables that are others at every start, and say nothing of how a program computes. */
const ofTheStart = /^(LEEWAY_(?!SEED$)|MLFLOW_)/;

function partsOf({ spec, record, attempts }: Recorded): [RecordDifference["part"], Values][] {
  const { code, environment, hardware } = record;
  const { packageSha256: _, ...commit } = code ?? { packageSha256: null };
  const variables = Object.entries({ ...environment.variables, ...spec.environment });
  return [
    ["code", texts({ ...commit, package: spec.packageKey, wrapper: record.wrapper })],
    ["command", { command: JSON.stringify(spec.command), parametersAs: spec.parametersAs }],
    ["parameters", texts(spec.parameters)],
    ["seed", texts({ seed: spec.seed })],
    ["data", texts({ ...spec.datasets, ...named("model", spec.models) })],
    ["image", texts({ image: spec.image, engineFields: JSON.stringify(spec.engineFields) })],
    ["packages", packagesOf(environment.packages)],
    [
      "environment",
      {
        ...texts({ python: environment.python, cuda: environment.cuda, driver: environment.driver }),
        ...environment.lockFiles,
        ...Object.fromEntries(variables.filter(([name]) => !ofTheStart.test(name))),
      },
    ],
    ["determinism", record.determinism],
    ["hardware", texts({ ...hardware, gpus: hardware.gpus.join(", "), node: null })],
    ["resources", texts({ ...spec.resources })],
    // A program that saves no random state goes another way once it was resumed.
    ["attempts", texts({ attempts })],
  ];
}

/** The same values, so that a model is not taken for a dataset of the same name. */
const named = (what: string, values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${what} ${name}`, value]));

/** By name; what is unknown is left out. */
function texts(values: Readonly<Record<string, string | number | boolean | null | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** "name==version" by name; what is installed from elsewhere keeps its address. */
function packagesOf(packages: readonly string[]): Values {
  return Object.fromEntries(
    packages.map((line) => {
      const at = line.indexOf("==");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 2)];
    }),
  );
}
