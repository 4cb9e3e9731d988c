import type { Completion } from "#components/ui/use-completion.ts";

/** Fields of the query, their signs and examples of their values. */
const fields: Record<string, { sign: string; hint: string; values: string[] }> = {
  version: { sign: "=", hint: "version number", values: [] },
  arm: { sign: "=", hint: "rollout arm", values: ["stable", "canary", "shadow"] },
  status: { sign: "=", hint: "a status code, or failed", values: ["failed", "400", "500", "503", "504"] },
  label: { sign: "=", hint: "actual label", values: ["right", "wrong", "with", "without"] },
  confidence: { sign: "<", hint: "highest class probability", values: ["0.5", "0.6", "0.8"] },
  latency: { sign: ">", hint: "milliseconds", values: ["100", "500"] },
  "input.": { sign: "", hint: "value of an input, for example input.carrier = UA", values: [] },
  loggedReason: { sign: "=", hint: "why it was logged", values: ["sampled", "failed", "low-confidence", "compared"] },
  id: { sign: "=", hint: "request or record ID", values: [] },
  at: { sign: ">", hint: "time, for example -24h", values: ["-1h", "-24h", "-7d"] },
};

/** Returns the completions at the caret: a field after the start or "and", else a value of the preceding field. */
export function completeQuery(query: string, caret: number, versions: readonly number[]): Completion[] {
  const before = query.slice(0, caret);
  const word = endOf(before, /[^\s=<>]/);
  const from = caret - word.length;
  const position = { from, to: caret };
  const head = before.slice(0, from).trimEnd();
  const field = /[=<>]$/.test(head) ? endOf(head.slice(0, -1).trimEnd(), /\w/) : "";
  if (field) {
    const known = fields[field] ?? fields[field.toLowerCase()];
    const values = field === "version" ? versions.map((version) => `v${version}`) : (known?.values ?? []);
    return values
      .filter((value) => value.startsWith(word) && value !== word)
      .map((value) => ({ label: value, hint: known?.hint ?? "", insert: `${value} `, ...position }));
  }
  if (head !== "" && !/\band$/i.test(head)) {
    return "and".startsWith(word.toLowerCase()) && before.trim() !== "" && word !== "and"
      ? [{ label: "and", hint: "add a condition", insert: "and ", ...position }]
      : [];
  }
  return Object.entries(fields)
    .filter(([name]) => name.toLowerCase().startsWith(word.toLowerCase()))
    .map(([name, { sign, hint }]) => ({ label: name, hint, insert: sign ? `${name} ${sign} ` : name, ...position }));
}

/** Returns the longest end of a text of which every character matches. */
function endOf(text: string, character: RegExp): string {
  let start = text.length;
  while (start > 0 && character.test(text.charAt(start - 1))) start -= 1;
  return text.slice(start);
}
