/** Values of "$run1", "$time" … that a replay has seen so far. */
export type Variables = Map<string, string>;

/** What a variable may be bound to, by its name without the number. */
const patterns: Record<string, string> = {
  exp: "\\d+",
  run: "[0-9a-f]{32}",
  model: "m-[0-9a-f]{32}",
  trace: "tr-[0-9a-f]{32}",
  assessment: "a-[0-9a-f]{32}",
  webhook: "[0-9a-f-]{36}",
  token: ".+",
};
const token = /\$(?:([a-z]+)(\d+)|text\((\d+)\)|bytes\((\d+)\)|repeat\((.),(\d+)\)|(name|text|datetime))/g;
/** Leeway says more than was recorded from a server without users. */
const additions = new Set(["user_id", "model_id", "trace_metadata"]);
const sets = new Set(["tags", "params", "metrics"]);

/** A recorded request with its variables and repetitions filled in; those in a list are spliced into it. */
export function filledIn(value: unknown, variables: Variables): unknown {
  if (value === "$time") return Date.now();
  if (value === "$datetime") return new Date().toISOString();
  if (typeof value === "string") return fillText(value, variables);
  if (Array.isArray(value))
    return value.flatMap((item) => (isRepetition(item) ? filledIn(item, variables) : [filledIn(item, variables)]));
  if (typeof value !== "object" || value === null) return value;
  const { $list: count, item } = value as { $list?: number; item?: unknown };
  if (count !== undefined)
    return Array.from({ length: count }, (_, index) => filledIn(numbered(item, index), variables));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filledIn(member, variables)]));
}

function isRepetition(value: unknown): boolean {
  return typeof value === "object" && value !== null && "$list" in value;
}

function fillText(text: string, variables: Variables): string {
  return text.replace(token, (whole, _name, _number, textCount, byteCount, character, times) => {
    if (times) return character.repeat(Number(times));
    if (textCount ?? byteCount) return "x".repeat(Number(textCount ?? byteCount));
    return variables.get(whole) ?? whole;
  });
}

/** "$i" in a repeated item is its index, as a number when it is the whole value. */
function numbered(item: unknown, index: number): unknown {
  if (item === "$i") return index;
  return JSON.parse(JSON.stringify(item).replaceAll('"$i"', String(index)).replaceAll("$i", String(index)));
}

/** Ways in which an answer differs from what was recorded; binds variables that it shows first. */
export function differences(expected: unknown, actual: unknown, variables: Variables, at = ""): string[] {
  if (expected === "$time") return Number.isInteger(actual) ? [] : [`${at}: ${show(actual)} is no time`];
  if (typeof expected === "string") {
    return typeof actual === "string" && textMatches(expected, actual, variables)
      ? []
      : [`${at}: ${show(actual)} instead of ${expected}`];
  }
  if (Array.isArray(expected)) return listDifferences(expected, actual, variables, at);
  if (typeof expected !== "object" || expected === null) {
    return expected === actual ? [] : [`${at}: ${show(actual)} instead of ${show(expected)}`];
  }
  if ("$list" in expected) return differences(filledIn(expected, variables), actual, variables, at);
  if (typeof actual !== "object" || actual === null || Array.isArray(actual))
    return [`${at}: ${show(actual)} is no object`];
  const given = actual as Record<string, unknown>;
  const surplus = Object.keys(given).filter((key) => !(key in expected) && !additions.has(key));
  return [
    ...surplus.map((key) => `${at}.${key}: ${show(given[key])} was not expected`),
    ...Object.entries(expected).flatMap(([key, value]) => differences(value, given[key], variables, `${at}.${key}`)),
  ];
}

function listDifferences(expected: unknown[], actual: unknown, variables: Variables, at: string): string[] {
  if (!Array.isArray(actual)) return [`${at}: ${show(actual)} is no list`];
  const isSet = sets.has(at.split(".").at(-1) ?? "");
  const [wanted, given] = isSet ? [byKey(expected), byKey(actual)] : [expected, actual];
  if (wanted.length !== given.length) return [`${at}: ${show(given)} instead of ${show(wanted)}`];
  return wanted.flatMap((item, index) => differences(item, given[index], variables, `${at}[${index}]`));
}

function byKey(list: unknown[]): unknown[] {
  const keyOf = (item: unknown) => JSON.stringify((item as { key?: string }).key ?? item);
  return list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Whether a text is the recorded one, where variables stand for themselves or are bound now. */
function textMatches(expected: string, actual: string, variables: Variables): boolean {
  const bound: [string, string][] = [];
  let source = "";
  let last = 0;
  for (const match of expected.matchAll(token)) {
    const [whole, name, , , , , , word] = match;
    source += escaped(expected.slice(last, match.index));
    last = match.index + whole.length;
    const known = variables.get(whole) ?? (name && patterns[name] ? undefined : fillText(whole, variables));
    if (word === "datetime") source += "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z";
    else if (word === "text") source += "[\\s\\S]*";
    else if (word === "name") source += "[a-z]+-[a-z]+-\\d+";
    else if (known !== undefined) source += escaped(known);
    else {
      const group = `v${bound.length}`;
      bound.push([whole, group]);
      source += `(?<${group}>${patterns[name ?? ""]})`;
    }
  }
  const found = new RegExp(`^${source}${escaped(expected.slice(last))}$`).exec(actual);
  for (const [whole, group] of bound) variables.set(whole, found?.groups?.[group] ?? "");
  return found !== null;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? "nothing";
}
