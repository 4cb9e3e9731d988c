import { plural } from "#components/ui/format.ts";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";

/** Says what is left to do in a project. @param labellers people who may label in the workspace */
export function describeWork(
  { counts, settings }: Pick<LabelProject, "counts" | "settings">,
  labellers: number,
): string {
  const { open, review, settled, answers } = counts;
  if (open + review + settled === 0) return "No items yet. Add some, or send predictions of the endpoint.";
  const parts = [
    open > 0 && `${plural(open, "item is", "items are")} open`,
    review > 0 && `${plural(review, "item waits", "items wait")} for review`,
  ].filter(Boolean);
  if (parts.length === 0) return "Everything is labelled.";
  const isAlone = labellers <= 1 && answers > 0 && open > 0 && settled === 0 && settings.maxAnswers > 1;
  const alone =
    " Labelled items are waiting for a second annotator. If you label alone, set Min labels and Max labels to 1 in the settings.";
  return `${parts.join(", ")}.${isAlone ? alone : ""}`;
}
