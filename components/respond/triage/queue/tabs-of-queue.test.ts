import { expect, test } from "vitest";
import { queueTabs } from "./tabs-of-queue.ts";

const counts = { all: 3, mine: 2, unacknowledged: 1, pages: 2, silenced: 0 };
const team = (id: string, isOwn: boolean) => ({ id, name: `Team ${id}`, isOwn, count: 1 });
const labels = (tabs: { label: string; count?: number | undefined }[]) =>
  tabs.map(({ label, count }) => `${label} ${count}`);

test("shows the reader's teams beside All and Mine, and every other one in the menu", () => {
  const queue = { counts, teams: [team("a", true), team("b", true), team("c", true), team("d", false)] };
  const { shown, more, current } = queueTabs(queue, { filter: "all" });
  expect(labels(shown)).toEqual(["All 3", "Mine 2", "Team a 1", "Team b 1"]);
  expect(labels(more)).toEqual(["Team c 1", "Team d 1", "Not acknowledged 1", "Pages 2", "Silenced 0"]);
  expect(current).toBe("all");
});

test("selects the team of the address", () => {
  expect(queueTabs({ counts, teams: [team("a", false)] }, { filter: "all", team: "a" }).current).toBe("a");
});
