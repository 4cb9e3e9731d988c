import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RepeatedEvent } from "./repeated-event.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("writes the first occurrence at once, then one line per interval with the number of occurrences", () => {
  const lines: object[] = [];
  const event = new RepeatedEvent<{ cause: string }>((fields) => void lines.push(fields), 60_000);
  for (let request = 0; request < 5_000; request += 1) event.occur({ cause: `full ${request}` });
  expect(lines).toEqual([{ cause: "full 0", count: 1 }]);
  vi.advanceTimersByTime(60_000);
  expect(lines[1]).toEqual({ cause: "full 4999", count: 4_999, seconds: 60 });
  event.occur({ cause: "still full" });
  vi.advanceTimersByTime(59_999);
  expect(lines).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(lines[2]).toEqual({ cause: "still full", count: 1, seconds: 60 });
});

test("writes nothing in an interval without occurrences, and the next occurrence at once", () => {
  const lines: object[] = [];
  const event = new RepeatedEvent<{ cause: string }>((fields) => void lines.push(fields), 60_000);
  event.occur({ cause: "full" });
  vi.advanceTimersByTime(3_600_000);
  expect(lines).toHaveLength(1);
  event.occur({ cause: "full again" });
  expect(lines[1]).toEqual({ cause: "full again", count: 1 });
});
