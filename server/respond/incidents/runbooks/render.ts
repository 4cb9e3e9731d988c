import type { RenderedRunbook, RenderedStep } from "./contract.ts";
import { withoutMoments } from "./contract.ts";
import { parseSteps } from "./parse-steps.ts";

type Values = Readonly<Record<string, string | undefined>>;

const variable = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** Fills in variables; unknown ones remain as written. */
export function fill(text: string, values: Values): string {
  return text.replaceAll(variable, (written, name: string) => values[name] ?? written);
}

/** Returns the variable names in a text that have no value, without duplicates. */
export function unknownIn(text: string, values: Values): string[] {
  const named = [...text.matchAll(variable)].map(([, name = ""]) => name);
  return [...new Set(named)].filter((name) => values[name] === undefined);
}

/** Splits a runbook into texts and sequences of steps, in order, with its variables filled in and the ticks attached to the steps. */
export function renderParts(
  body: string,
  values: Values,
  ticks: ReadonlyMap<string, { by: string; at: Date }>,
): Pick<RenderedRunbook, "parts" | "done" | "total" | "unknown"> {
  const steps = new Map(parseSteps(body).map((step) => [step.line, step]));
  const parts: RenderedRunbook["parts"] = [];
  let [text, run]: [string[], RenderedStep[]] = [[], []];
  const endText = () => {
    const markdown = fill(withoutMoments(text.join("\n")), values).trim();
    if (markdown) parts.push({ kind: "text", markdown });
    text = [];
  };
  const endRun = () => {
    if (run.length > 0) parts.push({ kind: "steps", steps: run });
    run = [];
  };
  for (const [line, written] of body.split("\n").entries()) {
    const found = steps.get(line);
    if (found) {
      endText();
      const { step, when } = found;
      run.push({ step, text: fill(step, values), isAutomatic: when !== null, tick: ticks.get(step) ?? null });
    } else if (written.trim() !== "" || text.length > 0) {
      endRun();
      text.push(written);
    }
  }
  endText();
  endRun();
  const all = parts.flatMap((part) => (part.kind === "steps" ? part.steps : []));
  return { parts, done: all.filter(({ tick }) => tick).length, total: all.length, unknown: unknownIn(body, values) };
}
