import { dump, load, loadAll, YAMLException } from "js-yaml";
import { limits } from "./limits.ts";

const options = { maxDepth: limits.yamlDepth, maxAliases: limits.yamlAliases };

/** Describes why a text is not YAML that can be read. */
export class YamlProblem extends Error {
  /** Line of the problem, counted from 1. */
  readonly line: number;

  constructor(reason: string, { line = 1, cause }: { line?: number; cause?: unknown } = {}) {
    super(reason, { cause });
    this.line = line;
  }
}

/** Parses a text with one YAML document (YAML 1.2, core schema); undefined for one without any. @throws YamlProblem */
export function parseYaml(text: string): unknown {
  return text.trim() === "" ? undefined : parsed(text, () => load(text, options));
}

/** Parses the documents of a text, in their order. @throws YamlProblem */
export function parseYamlDocuments(text: string): unknown[] {
  return parsed(text, () => loadAll(text, options));
}

/** Parses a file that others wrote, of which only a mapping is of use: empty for anything else. */
export function parseYamlMapping(text: string): Record<string, unknown> {
  try {
    return asMapping(parseYaml(text));
  } catch (error) {
    if (error instanceof YamlProblem) return {};
    throw error;
  }
}

/** Returns a mapping, or an empty one for another value. */
export function asMapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Prints a value as YAML in block style. */
export function printYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

function parsed<Value>(text: string, parse: () => Value): Value {
  if (text.length > limits.yamlLength) throw new YamlProblem(`YAML can have at most ${limits.yamlLength} characters.`);
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw new YamlProblem(String(cause), { cause });
    throw new YamlProblem(cause.reason, { line: (cause.mark?.line ?? 0) + 1, cause });
  }
}
