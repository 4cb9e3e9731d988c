import { DomainError } from "#server/base/errors.ts";
import { hasControlCharacters } from "#server/base/text/control-characters.ts";
import { characters, checkKey } from "#server/develop/tracking/keys.ts";

/** MLflow's rules for names in the registry, in its words: clients and people know them. Each returns what is wrong, or undefined. */

const maxNameCharacters = 256;
const maxAliasCharacters = 255;
const maxTagValueCharacters = 100_000;

export function problemOfModelName(name: string): string | undefined {
  if (name.trim() === "") return "Missing value for required parameter 'name'.";
  const problem = problemOfText("name", name, maxNameCharacters);
  if (problem) return problem;
  if (/[/:]/.test(name)) return `Invalid model name '${name}'. Names cannot contain '/' or ':'.`;
  if (name === "." || name === "..") {
    return `Invalid value ${JSON.stringify(name)} for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${name}'`;
  }
  return hasControlCharacters(name) ? "Remove control characters from the name." : undefined;
}

export function problemOfAlias(alias: string): string | undefined {
  if (!/^[\w-]+$/.test(alias)) {
    return `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`;
  }
  if (alias.length > maxAliasCharacters) return tooLong("Registered model alias name", maxAliasCharacters);
  if (alias.toLowerCase() === "latest") return "'latest' alias name (case insensitive) is reserved.";
  if (/^v\d+$/i.test(alias)) return `Version alias name '${alias}' is reserved.`;
  return undefined;
}

export function problemOfTagKey(key: string): string | undefined {
  try {
    checkKey(key, "key");
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

export function problemOfTagValue(value: string): string | undefined {
  return problemOfText("value", value, maxTagValueCharacters);
}

/** Returns the problem of a text, if any. Length is counted in code points; Postgres cannot store NUL. */
export function problemOfText(what: string, text: string, maxCharacters: number): string | undefined {
  if (text.includes("\0")) return `Invalid value for parameter '${what}' supplied: it holds a NUL character.`;
  if (text.length > maxCharacters && characters(text) > maxCharacters) return tooLong(what, maxCharacters);
  return undefined;
}

function tooLong(what: string, maxCharacters: number): string {
  return `'${what}' exceeds the maximum length of ${maxCharacters} characters`;
}
