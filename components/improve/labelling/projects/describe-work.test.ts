import { expect, test } from "vitest";
import { LabelSettings } from "#server/improve/labelling/contract.ts";
import { describeWork } from "./describe-work.ts";

const none = { open: 0, settled: 0, review: 0, dropped: 0, bySource: [], held: 0, answers: 0, people: 0 };
const settings = LabelSettings.parse({});
/** With common spaces between numbers and their nouns. */
const work = (counts: Partial<typeof none>, labellers = 3, own = settings) =>
  describeWork({ counts: { ...none, ...counts }, settings: own }, labellers).replaceAll("\u00a0", " ");

test("says what is left", () => {
  expect(work({})).toBe("No items yet. Add some, or send predictions of the endpoint.");
  expect(work({ open: 1, review: 2 })).toBe("1 item is open, 2 items wait for review.");
  expect(work({ settled: 3 })).toBe("Everything is labelled.");
});

test("says why nothing settles for someone who labels alone, and which setting to change", () => {
  const alone =
    "2 items are open. Labelled items are waiting for a second annotator. If you label alone, set Min labels and Max labels to 1 in the settings.";
  expect(work({ open: 2, answers: 1 }, 1)).toBe(alone);
  expect(work({ open: 2, answers: 1 }, 2)).toBe("2 items are open.");
  expect(work({ open: 2 }, 1)).toBe("2 items are open.");
  expect(work({ open: 2, answers: 3, settled: 1 }, 1)).toBe("2 items are open.");
  expect(work({ open: 2, answers: 1 }, 1, { ...settings, maxAnswers: 1 })).toBe("2 items are open.");
});
