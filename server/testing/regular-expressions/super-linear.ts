import { analyse } from "scslre";
import type { Expression } from "./find-expressions.ts";

/**
 * Returns a sentence for an expression that takes more than linear time for some text, by the analysis behind eslint-plugin-regexp:
 * https://github.com/RunDevelopment/scslre. Undefined for one without a finding.
 */
export function superLinear({ file, line, source, flags }: Expression): string | undefined {
  const [report] = analyse({ source, flags: flags.replace("v", "u") }).reports;
  if (!report) return undefined;
  const time = report.exponential ? "exponential" : "quadratic";
  const repeated = report.character.literal?.source ?? "a character";
  return `${file}:${line} /${source}/ takes ${time} time for texts of ${repeated}. Bound the repetition, or write a loop.`;
}
