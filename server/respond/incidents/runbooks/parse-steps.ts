import { momentMarks, withoutMoments } from "./contract.ts";
import { type Moment, moments } from "./moments.ts";

export interface RunbookStep {
  /** Text of the step in the runbook, without its check box and moment; ticks are matched by it. */
  step: string;
  /** Event on which Leeway ticks it. */
  when: Moment | null;
  /** Line of the body, counted from 0. */
  line: number;
}

/** A list item with a check box. It is matched against a line without blanks at its ends. */
const box = /^(?:[-*+]|\d{1,9}[.)])\s+\[[ xX]\]\s(?<text>.+)$/;

/** Parses the lines with a check box, in order. Repeated texts count as one step. */
export function parseSteps(body: string): RunbookStep[] {
  const seen = new Set<string>();
  const steps: RunbookStep[] = [];
  let isCode = false;
  for (const [line, text] of body.split("\n").entries()) {
    if (text.trimStart().startsWith("```")) isCode = !isCode;
    const found = isCode ? undefined : box.exec(text.trim())?.groups?.text;
    if (found === undefined) continue;
    const step = withoutMoments(found).trim();
    if (step === "" || seen.has(step)) continue;
    seen.add(step);
    steps.push({ step, when: momentIn(found), line });
  }
  return steps;
}

/** Returns the names after "when:" that are not valid moments. */
export function unknownMoments(body: string): string[] {
  return momentsIn(body).filter((name) => !(moments as readonly string[]).includes(name));
}

function momentIn(text: string): Moment | null {
  const [named] = momentsIn(text);
  return moments.find((moment) => moment === named) ?? null;
}

function momentsIn(text: string): string[] {
  return [...text.matchAll(momentMarks)].map(({ groups }) => groups?.moment ?? "");
}
