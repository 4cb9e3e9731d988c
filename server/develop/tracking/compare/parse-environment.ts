import { asMapping, parseYamlMapping } from "#server/base/yaml.ts";

/** Python version and packages that a model requires, according to a file. */
export interface Environment {
  python?: string;
  /** Version by package; "" where none is demanded. */
  packages: Record<string, string>;
}

/** Files that MLflow's client writes with a model, most exact first. */
export const environmentFiles = ["requirements.txt", "conda.yaml", "python_env.yaml"] as const;
export type EnvironmentFile = (typeof environmentFiles)[number];

/** Parses one such file. Skips anything that it cannot parse: users can write the file themselves. */
export function parseEnvironment(name: EnvironmentFile, text: string): Environment {
  if (name === "requirements.txt") return { packages: packagesOf(text.split("\n")) };
  const document = parseYamlMapping(text);
  return name === "conda.yaml" ? fromConda(document) : fromPythonEnv(document);
}

/** Merges several files: earlier ones take precedence. */
export function mergeEnvironments(all: readonly Environment[]): Environment {
  const python = all.find((each) => each.python !== undefined)?.python;
  const packages: Record<string, string> = Object.assign({}, ...all.toReversed().map((each) => each.packages));
  return { ...(python !== undefined && { python }), packages };
}

function fromConda({ dependencies }: Record<string, unknown>): Environment {
  const lines = Array.isArray(dependencies) ? dependencies : [];
  const pip = lines.flatMap((line) => {
    const { pip } = asMapping(line);
    return Array.isArray(pip) ? pip : [];
  });
  const { python, ...conda } = packagesOf(lines.filter((line) => typeof line === "string"));
  return { ...(python && { python }), packages: { ...conda, ...packagesOf(pip) } };
}

function fromPythonEnv({ python, dependencies }: Record<string, unknown>): Environment {
  // "-r requirements.txt" names a file that is read separately.
  const lines = Array.isArray(dependencies) ? dependencies : [];
  return {
    ...((typeof python === "string" || typeof python === "number") && { python: String(python) }),
    packages: packagesOf(lines),
  };
}

const packageName = /^[A-Za-z0-9][\w.-]*/;
const extras = /^\[[^\]]*\]/;
const comment = /(?:^|\s)#/;
const exactly = /^={1,3}/;

/** Parses lines such as "torch==2.4.0", "numpy>=1.26,<3", "pip<=24.0", conda's "python=3.11.8"; options and comments are skipped. */
function packagesOf(lines: readonly unknown[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      if (typeof line !== "string") return [];
      const [text = ""] = line.split(comment, 1);
      const [name] = packageName.exec(text.trim()) ?? [];
      if (!name) return [];
      const [demanded = ""] = text.trim().slice(name.length).replace(extras, "").split(";", 1);
      // An exact version is shown without its operator; a range keeps its operators.
      return [[name.toLowerCase().replaceAll(/[-_.]+/g, "-"), withoutEquals(demanded.trim())]];
    }),
  );
}

function withoutEquals(demanded: string): string {
  const version = demanded.replace(exactly, "");
  return /[=<>!~,]/.test(version) ? demanded : version.trim();
}
