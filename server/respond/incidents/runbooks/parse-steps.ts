import { type Moment, moments } from "./moments.ts";

export interface RunbookStep {
  /** Text of the step in the runbook, without its check box and moment; ticks are matched by it. */
  step: string;
  /** Event on which Leeway ticks it. */
  when: Moment | null;
  /** Line of the body, counted from 0. */
  line: number;
}

const box = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+(?<text>.+)$/;
const wait = /\s*\{\{\s*when:(?<moment>[a-z-]+)\s*\}\}/;

/** Parses the lines with a check box, in order. Repeated texts count as one step. */
export function parseSteps(body: string): RunbookStep[] {
  const seen = new Set<string>();
  const steps: RunbookStep[] = [];
  let isCode = false;
  for (const [line, text] of body.split("\n").entries()) {
    if (text.trimStart().startsWith("```")) isCode = !isCode;
    const found = isCode ? undefined : box.exec(text)?.groups?.text;
    if (found === undefined) continue;
    const step = found.replace(wait, "").trim();
    if (step === "" || seen.has(step)) continue;
    seen.add(step);
    steps.push({ step, when: momentIn(found), line });
  }
  return steps;
}

/** Returns the body without the `when:` marks, which only Leeway reads. */
export function withoutMoments(body: string): string {
  return body.replaceAll(new RegExp(wait.source, "g"), "");
}

/** Returns the names after "when:" that are not valid moments. */
export function unknownMoments(body: string): string[] {
  const named = [...body.matchAll(new RegExp(wait.source, "g"))].map(({ groups }) => groups?.moment ?? "");
  return named.filter((name) => !(moments as readonly string[]).includes(name));
}

function momentIn(text: string): Moment | null {
  const named = wait.exec(text)?.groups?.moment;
  return moments.find((moment) => moment === named) ?? null;
}
