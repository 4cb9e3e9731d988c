import { noControlCharacters, withoutControlCharacters } from "#server/base/text/control-characters.ts";
import { cut } from "./keys.ts";
import { atMost } from "./text-limit.ts";

/** Characters of the name of an experiment, logged model or dataset: MLflow's limit for experiments and datasets. */
const maxNameLength = 500;

/** Returns a schema for a new name. @param what its name in messages, such as "run_name" */
export function newName(what: string, maxLength = maxNameLength) {
  return atMost(maxLength, what).check(noControlCharacters);
}

/** Converts an imported name to one that `newName` accepts. */
export function importedName(name: string, maxLength = maxNameLength): string {
  return cut(withoutControlCharacters(name), maxLength);
}
