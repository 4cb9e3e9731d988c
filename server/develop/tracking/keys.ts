import { DomainError } from "#server/base/errors.ts";

const maxLength = 250;
const allowed = /^[\p{L}\p{N}_/.\- :]*$/u;

/**
 * Checks MLflow's rules for keys of metrics, params and tags: at most 250 characters, allowed characters only, and no key that a path
 * normalisation would change.
 * @param parameter its name in the request: "key", "metrics[1].name".
 * @param what its name in the message about its length: "Metric name".
 * @throws DomainError "invalid"
 */
export function checkKey(key: string, parameter: string, what = parameter): void {
  if (characters(key) > maxLength) {
    throw new DomainError("invalid", `'${what}' exceeds the maximum length of ${maxLength} characters`);
  }
  const refused = `Invalid value ${JSON.stringify(key)} for parameter '${parameter}' supplied:`;
  if (!allowed.test(key)) {
    throw new DomainError(
      "invalid",
      `${refused} Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  }
  const path = normalised(key);
  if (path !== key || path === "." || path.startsWith("/") || path.split("/").includes("..")) {
    throw new DomainError(
      "invalid",
      `${refused} Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${path}'`,
    );
  }
}

/** Normalises like Python's posixpath.normpath, which MLflow's rule refers to. */
function normalised(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !isAbsolute) parts.push(part);
  }
  return (isAbsolute ? "/" : "") + parts.join("/") || ".";
}

/** Returns the length in characters (code points). */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Returns the first `most` characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join("");
}

/** Keeps one value per key: the last one of duplicates. */
export function latestPerKey<Entry extends { key: string }>(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}
