import { formatCount, percent } from "#server/base/format-number.ts";
import type { FieldViolations, ViolationKind, ViolationReport } from "#server/serve/protection/contract.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { type CheckKind, type CheckResult, checkOf } from "../contract.ts";

/** Share of requests from which an input counts as gone, which pages. */
const goneShare = 0.5;

/** Requests rejected because of one input, according to the gateway's responses. */
export interface SchemaProblem {
  check: "missing input" | "extra input" | "wrong type";
  input: string;
}

const messages: [RegExp, SchemaProblem["check"]][] = [
  [/^input '(.+)' is missing$/, "missing input"],
  [/^the model has no input '(.+)'; it has /, "extra input"],
  [/^input '(.+)': expected (?:datatype|shape) /, "wrong type"],
  [/^input '(.+)': element \d+ is not /, "wrong type"],
];

/** Parses the schema problem from a gateway rejection; undefined for other rejections. */
export function schemaProblemOf(error: string): SchemaProblem | undefined {
  for (const [pattern, check] of messages) {
    const input = pattern.exec(error)?.[1];
    if (input !== undefined) return { check, input };
  }
  return undefined;
}

/** Groups rejected requests by the problem with their inputs. Any rejection is reported; if most requests are rejected, it pages. */
export function checkSchema(
  refused: readonly { error: string; count: number }[],
  { requests }: { requests: number },
): CheckResult[] {
  const found = new Map<string, SchemaProblem & { count: number }>();
  for (const { error, count } of refused) {
    const problem = schemaProblemOf(error);
    if (!problem) continue;
    const key = JSON.stringify([problem.check, problem.input]);
    found.set(key, { ...problem, count: count + (found.get(key)?.count ?? 0) });
  }
  return [...found.values()].map(({ check, input, count }) => {
    const share = Math.min(1, count / Math.max(1, requests, count));
    const isGone = check !== "extra input" && share >= goneShare;
    const what = {
      "missing input": "lack",
      "extra input": "include the unknown input",
      "wrong type": "have a wrong type or shape in",
    };
    return checkOf({
      check,
      feature: input,
      state: "broken",
      rows: requests,
      share,
      usual: 0,
      severity: isGone ? "page" : "ticket",
      words: `${formatCount(count)} of ${formatCount(Math.max(requests, count))} requests ${what[check]} \`${input}\` and were rejected.`,
      evidence: { count, reach: share },
    });
  });
}

/** Share from which, with confidence, a field that is only flagged or clipped is reported. */
const minShare = 0.01;
const ofModel: Partial<Record<ViolationKind, CheckKind>> = { missing: "missing input", type: "wrong type" };

/** Returns violations of the endpoint's input contract, by field and kind. */
export function checkContract({ requests, violations }: ViolationReport): CheckResult[] {
  return violations.map((violation) => {
    const { field, kind } = violation;
    const count = countOf(violation);
    const share = Math.min(1, count / Math.max(1, requests));
    const check = ofModel[kind] ?? "input contract";
    const isSure =
      check !== "input contract" || wilsonInterval({ share, count: Math.max(1, requests) }).low >= minShare;
    const isGone = check !== "input contract" && share >= goneShare;
    return checkOf({
      check,
      feature: field,
      rows: requests,
      share,
      usual: 0,
      line: check === "input contract" ? minShare : 0,
      state: isSure ? "broken" : "small",
      severity: isSure ? (isGone ? "page" : "ticket") : null,
      words: `${percent(share)} of requests violate the contract of \`${field}\`: ${kindLabels[kind]} (${outcomes(violation)}).`,
      evidence: { ...violation, reach: share },
    });
  });
}

const kindLabels: Record<ViolationKind, string> = {
  type: "wrong type",
  range: "out of range",
  level: "unknown value",
  missing: "missing",
  "not-finite": "NaN or infinite",
};

function countOf({ rejected, clipped, flagged }: FieldViolations): number {
  return rejected + clipped + flagged;
}

function outcomes({ rejected, clipped, flagged }: FieldViolations): string {
  const parts = [
    ...(rejected > 0 ? [`${formatCount(rejected)} rejected`] : []),
    ...(clipped > 0 ? [`${formatCount(clipped)} clipped`] : []),
    ...(flagged > 0 ? [`${formatCount(flagged)} allowed`] : []),
  ];
  return parts.join(", ");
}
