import { type Moment, moments } from "./moments.ts";

export interface RunbookStep {
  /** As it stands in the runbook, without its box and its moment: what ticks go by. */
  step: string;
  /** What Leeway ticks it by. */
  when: Moment | null;
  /** Line of the body, counted from 0. */
  line: number;
}

const box = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+(?<text>.+)$/;
const wait = /\s*\{\{\s*when:(?<moment>[a-z-]+)\s*\}\}/;

/** Lines with a check box, in order. A text that stands twice is one step. */
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

/** The body without the marks that only Leeway reads. */
export function withoutMoments(body: string): string {
  return body.replaceAll(new RegExp(wait.source, "g"), "");
}

/** Names after "when:" that mean nothing. */
export function unknownMoments(body: string): string[] {
  const named = [...body.matchAll(new RegExp(wait.source, "g"))].map(({ groups }) => groups?.moment ?? "");
  return named.filter((name) => !(moments as readonly string[]).includes(name));
}

function momentIn(text: string): Moment | null {
  const named = wait.exec(text)?.groups?.moment;
  return moments.find((moment) => moment === named) ?? null;
}
