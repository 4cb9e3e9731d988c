import { expect, test } from "vitest";
import { blameMachine } from "./blame-machine.ts";

const count = (machine: string, requests: number, failures: number) => ({ machine, requests, failures });

test("blames the machine from which nearly all failures come", () => {
  expect(blameMachine([count("gpu-1", 1000, 1), count("gpu-2", 1000, 120)])).toBe("gpu-2");
});

test.each([
  ["both fail alike", [count("gpu-1", 1000, 60), count("gpu-2", 1000, 60)]],
  ["a machine has most of the traffic as well", [count("gpu-1", 9500, 95), count("gpu-2", 500, 5)]],
  ["few requests failed", [count("gpu-1", 1000, 0), count("gpu-2", 1000, 4)]],
  ["one machine serves", [count("gpu-1", 1000, 120)]],
  ["the others served hardly anything", [count("gpu-1", 1000, 120), count("gpu-2", 3, 0)]],
  ["an older gateway did not name its machine", [count("", 1000, 120), count("gpu-2", 1000, 0)]],
])("blames none where %s", (_, counts) => {
  expect(blameMachine(counts)).toBeNull();
});
