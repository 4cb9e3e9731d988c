import { parse } from "yaml";

/** What a file says of the Python and the packages that a model needs. */
export interface Environment {
  python?: string;
  /** Version by package; "" where none is demanded. */
  packages: Record<string, string>;
}

/** Files that MLflow's client writes beside a model, the most exact first. */
export const environmentFiles = ["requirements.txt", "conda.yaml", "python_env.yaml"] as const;
export type EnvironmentFile = (typeof environmentFiles)[number];

/** Reads one such file. What cannot be understood in it is left out: the file is somebody's own text. */
export function parseEnvironment(name: EnvironmentFile, text: string): Environment {
  if (name === "requirements.txt") return { packages: packagesOf(text.split("\n")) };
  const document = asObject(parseYaml(text));
  return name === "conda.yaml" ? fromConda(document) : fromPythonEnv(document);
}

/** Several files as one: what an earlier one says stands. */
export function mergeEnvironments(all: readonly Environment[]): Environment {
  const python = all.find((each) => each.python !== undefined)?.python;
  const packages: Record<string, string> = Object.assign({}, ...all.toReversed().map((each) => each.packages));
  return { ...(python !== undefined && { python }), packages };
}

function fromConda({ dependencies }: Record<string, unknown>): Environment {
  const lines = Array.isArray(dependencies) ? dependencies : [];
  const pip = lines.flatMap((line) => {
    const { pip } = asObject(line);
    return Array.isArray(pip) ? pip : [];
  });
  const { python, ...conda } = packagesOf(lines.filter((line) => typeof line === "string"));
  return { ...(python && { python }), packages: { ...conda, ...packagesOf(pip) } };
}

function fromPythonEnv({ python, dependencies }: Record<string, unknown>): Environment {
  // "-r requirements.txt" names a file that is read by itself.
  const lines = Array.isArray(dependencies) ? dependencies : [];
  return {
    ...((typeof python === "string" || typeof python === "number") && { python: String(python) }),
    packages: packagesOf(lines),
  };
}

const requirement = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(.*)$/;

/** Lines such as "torch==2.4.0", "numpy>=1.26,<3", "pip<=24.0", conda's "python=3.11.8"; options and comments are passed over. */
function packagesOf(lines: readonly unknown[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      if (typeof line !== "string") return [];
      const [, name, rest = ""] = requirement.exec(line.replace(/(^|\s)#.*$/, "").trim()) ?? [];
      if (!name) return [];
      const demanded = (rest.split(";")[0] ?? "").trim();
      // An exact version is read best without its sign; a range keeps its own.
      return [[name.toLowerCase().replaceAll(/[-_.]+/g, "-"), demanded.replace(/^={1,3}\s*(?=[^=<>!~,]*$)/, "")]];
    }),
  );
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50 });
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
