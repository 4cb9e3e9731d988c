import { shownData } from "#server/improve/labelling/sources/shown-data.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { Sample } from "../recording.ts";
import type { ShownDigit } from "./annotators.ts";

/** A digit of the archive, as the label project shows it. */
export interface ArchiveDigit extends ShownDigit {
  /** PNG as a data URL. */
  picture: string;
  input: { name: string; datatype: string; shape: number[]; data: number[] };
  /** Whether two people label it, so that their agreement is measured. */
  isShared: boolean;
  /** Whether its label is known, and people are measured by it. */
  isGold: boolean;
}

const count = 240;
/** Of digits that people mix up, and of others, one in so many is a gold item. */
const goldEvery = { hard: 4, other: 20 };
const hard = ["4", "9"];

/** Takes the first digits of the recording, of which some are gold items, and every second is for two people. */
export function archiveOf(samples: readonly Sample[]): ArchiveDigit[] {
  const seen = { hard: 0, other: 0 };
  return samples.slice(0, count).map(({ label, inputs }, at) => {
    const kind = hard.includes(label) ? "hard" : "other";
    seen[kind] += 1;
    const [input] = inputs;
    const [file] = shown(inputs).files;
    if (!input || !file) throw new Error("A digit of the recording is no picture.");
    return {
      item: `archive-${String(at + 1).padStart(3, "0")}`,
      digit: label,
      picture: `data:${file.mimeType};base64,${file.bytes.toString("base64")}`,
      input: { ...input, data: input.data.map(Number) },
      isGold: seen[kind] % goldEvery[kind] === 0,
      isShared: at % 2 === 0,
    };
  });
}

/** Says which digit a task shows. */
export type DigitOf = (task: { item: string; groupKey: string | null }) => string | undefined;

/** Returns which digit a task shows, by its item or its inputs: a request in the log does not say it. */
export function digitFinder(samples: readonly Sample[]): DigitOf {
  const byItem = new Map(archiveOf(samples).map(({ item, digit }) => [item, digit]));
  const byInputs = new Map(samples.map(({ inputs, label }) => [shown(inputs).groupKey, label]));
  return ({ item, groupKey }) => byItem.get(item) ?? byInputs.get(groupKey ?? "");
}

function shown(inputs: LoggedTensor[]) {
  const found = shownData([{ name: "image", kind: "image", field: "image" }], inputs);
  if (!found) throw new Error("A digit of the recording is no picture.");
  return found;
}
