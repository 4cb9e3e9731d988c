import { expectedFurtherAnswers } from "#server/stats/labelling/expected-answers.ts";
import type { AnswerControl, LabelSettings } from "../contract.ts";

/** Answers to come that are followed at most. */
const maxFollowed = 8;

/**
 * Returns how many answers a task takes on average before any task of its project was settled: of classes and ratings by their posterior with annotators
 * of an accuracy, else as many as the project wants at least. docs/spec/labelling.md section 4.6.
 */
export function answersOfNewTask(
  { kind, classes, max = 5 }: Pick<AnswerControl, "kind" | "classes" | "max">,
  { stop, ...settings }: Pick<LabelSettings, "stop" | "minAnswers" | "maxAnswers">,
  accuracy: number,
): number {
  const { minAnswers } = settings;
  const count = kind === "class" ? classes.length : kind === "ordinal" ? max : 0;
  const maxAnswers = Math.min(settings.maxAnswers, maxFollowed);
  if (count < 2 || minAnswers >= maxAnswers) return minAnswers;
  const posterior = Array.from({ length: count }, () => 1 / count);
  return expectedFurtherAnswers({ posterior, answers: 0 }, accuracy, { stop, minAnswers, maxAnswers });
}
