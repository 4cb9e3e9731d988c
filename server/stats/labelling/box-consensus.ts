import { ArgumentError } from "../argument-error.ts";
import { type LabelledBox, matchBoxes } from "./box-agreement.ts";

/** Boxes that one annotator drew on a picture, none for "nothing there". */
export interface DrawnBoxes {
  /** Accuracy of the annotator, by which the coordinates count. */
  accuracy: number;
  boxes: readonly LabelledBox[];
}

/** A box that more than half of the annotators drew. */
export interface ConsensusBox extends LabelledBox {
  /** Annotators who drew it, by all who answered. */
  share: number;
}

/** Boxes of different annotators that are the same thing. */
interface BoxGroup {
  box: LabelledBox;
  members: { box: LabelledBox; accuracy: number }[];
}

/**
 * Merges the boxes of several annotators on one picture: boxes of one class that overlap enough are one thing, which is kept if more than
 * half of the annotators drew it, with the mean of their coordinates weighted by accuracy. docs/spec/labelling.md section 6.4. The most
 * accurate annotator's boxes come first, then all are matched once more with the means, so that the order matters little.
 * @param threshold overlap (IoU) from which boxes are the same thing
 * @returns boxes by the share who drew them, largest first
 * @throws ArgumentError for accuracies that are not above 0, or invalid boxes
 */
export function boxConsensus(answers: readonly DrawnBoxes[], threshold = 0.5): ConsensusBox[] {
  for (const { accuracy } of answers) {
    if (!(accuracy > 0 && accuracy <= 1)) throw new ArgumentError("Accuracies must be above 0 and at most 1.");
  }
  const ranked = answers.toSorted((a, b) => b.accuracy - a.accuracy);
  const groups: BoxGroup[] = [];
  for (const answer of ranked) addToGroups(groups, answer, threshold, true);
  for (const group of groups) group.members = [];
  const means = groups.map(({ box }) => box);
  for (const answer of ranked) addToGroups(groups, answer, threshold, false, means);
  return groups
    .filter(({ members }) => members.length > answers.length / 2)
    .map((group) => ({ ...group.box, share: group.members.length / answers.length }))
    .sort((a, b) => b.share - a.share);
}

/** Adds boxes to the groups they match, and makes groups of the others if asked to. @param means boxes to match with, the present ones by default */
function addToGroups(
  groups: BoxGroup[],
  { boxes, accuracy }: DrawnBoxes,
  threshold: number,
  canGrow: boolean,
  means: readonly LabelledBox[] = groups.map(({ box }) => box),
): void {
  const isMatched = boxes.map(() => false);
  for (const { row, column } of matchBoxes(means, boxes, threshold)) {
    const [group, box] = [groups[row] as BoxGroup, boxes[column] as LabelledBox];
    isMatched[column] = true;
    group.members.push({ box, accuracy });
    group.box = meanBox(group.members);
  }
  if (!canGrow) return;
  for (const [at, box] of boxes.entries()) if (!isMatched[at]) groups.push({ box, members: [{ box, accuracy }] });
}

function meanBox(members: readonly { box: LabelledBox; accuracy: number }[]): LabelledBox {
  const total = members.reduce((sum, { accuracy }) => sum + accuracy, 0);
  const mean = (of: (box: LabelledBox) => number) =>
    members.reduce((sum, { box, accuracy }) => sum + (accuracy / total) * of(box), 0);
  return {
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    width: mean(({ width }) => width),
    height: mean(({ height }) => height),
    label: members[0]?.box.label ?? "",
  };
}
