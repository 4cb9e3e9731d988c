import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { LongWork } from "./long-work.ts";

test("a round waits for what is quick, and begins nothing again that is still under way", async () => {
  const work = new LongWork();
  const hanging = Promise.withResolvers<void>();
  const [started, ended]: [string[], string[]] = [[], []];
  const round = (ids: string[], maxMs: number) => {
    const one = async (id: string) => {
      started.push(id);
      await (id === "hangs" ? hanging.promise : pause(1));
      ended.push(id);
    };
    return work.begin(ids, one, maxMs);
  };
  await round(["quick"], 60_000);
  expect(ended).toEqual(["quick"]);
  await round(["hangs", "quick"], 30);
  expect(ended).toEqual(["quick", "quick"]);
  // It is waited for once only.
  await round(["hangs", "quick"], 60_000);
  expect(started).toEqual(["quick", "hangs", "quick", "quick"]);
  hanging.resolve();
  await pause(1);
  await round(["hangs"], 60_000);
  expect(started.slice(4)).toEqual(["hangs"]);
});
