import type { TaskSource } from "#server/improve/labelling/contract.ts";

/** Names of the queues. */
export const sourceLabels: Readonly<Record<TaskSource, string>> = {
  disagree: "Versions disagree",
  uncertain: "Uncertain",
  suspected: "Suspected errors",
  drift: "Drift",
  audit: "Random audit",
  second: "Second label",
  playground: "From the playground",
  imported: "Imported",
};

/** What a queue holds, for those who label; none of it reveals a prediction. */
export const sourceReasons: Readonly<Record<TaskSource, string>> = {
  disagree: "versions predict differently",
  uncertain: "the model is unsure",
  suspected: "label probably incorrect",
  drift: "data more frequent than in the reference",
  audit: "chosen at random; only these count in rates",
  second: "people disagree",
  playground: "sent manually",
  imported: "from a file or a client",
};

/** Order of the queues on screen. */
export const sourceOrder: readonly TaskSource[] = [
  "disagree",
  "uncertain",
  "drift",
  "suspected",
  "second",
  "playground",
  "imported",
  "audit",
];
