import { DomainError } from "#server/base/errors.ts";

const maxLength = 250;
const allowed = /^[\p{L}\p{N}_/.\- :]*$/u;

/**
 * The rules of MLflow for keys of metrics, params and tags: at most 250 characters, no odd ones, and nothing that would be
 * another name when taken as a path.
 * @param parameter how the caller named it: "key", "metrics[1].name".
 * @param what how the message about its length names it: "Metric name".
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

/** Python's posixpath.normpath, of which MLflow's rule speaks. */
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

/** Length in characters (code points). */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The first `most` characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join("");
}

/** One value per key: of duplicates the last counts. */
export function latestPerKey<Entry extends { key: string }>(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}
