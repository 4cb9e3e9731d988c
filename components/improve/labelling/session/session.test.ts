import { describe, expect, test } from "vitest";
import type { Wire } from "#components/ui/wire.ts";
import type { GivenTask } from "#server/improve/labelling/queue/contract.ts";
import { ActiveTime } from "./active-time.ts";
import { changeSession, newSession, type SessionEvent, tasksOnTheirWay } from "./session.ts";

const task = (id: number) =>
  ({
    id,
    projectId: 1,
    item: `item-${id}`,
    data: {},
    source: "audit",
    reason: "",
    guideline: 1,
    expiresAt: "2026-06-03T10:00:00Z",
    groupKey: null,
    requestId: null,
    priority: null,
    hiddenFields: [],
    isBlind: false,
  }) as Wire<GivenTask>;
const dent = { kind: "class", label: "dent" } as const;
const replay = (...events: SessionEvent[]) => events.reduce(changeSession, newSession);
const given = (id: number): SessionEvent => ({ kind: "given", task: task(id) });
const answered = (taskId: number): SessionEvent => ({
  kind: "answered",
  taskId,
  value: dent,
  note: "bent",
  at: taskId,
});
const ids = ({ held }: ReturnType<typeof replay>) => held.map((each) => each.task.id);

describe("a session of labelling", () => {
  test("shows the next task at once, and remembers the answer", () => {
    const session = replay(given(1), given(2), answered(1));
    expect(ids(session)).toEqual([2]);
    expect(session.recent).toEqual([
      { task: task(1), value: dent, note: "bent", at: 1, isStored: false, isSurplus: false },
    ]);
  });

  test("brings an undone answer back to the front, without the tasks that made place for it", () => {
    const session = replay(given(1), given(2), given(3), answered(1), {
      kind: "undone",
      task: task(1),
      value: dent,
      note: "bent",
      released: [3],
    });
    expect(ids(session)).toEqual([1, 2]);
    expect(session.held[0]).toMatchObject({ earlier: dent, note: "bent" });
    expect(session.recent).toEqual([]);
  });

  test("continues after the queue was empty", () => {
    const session = replay({ kind: "ended", end: { kind: "empty", heldByOthers: 12 } }, given(4));
    expect(session.end).toBeUndefined();
  });

  test("marks a task whose lease has ended", () => {
    const session = replay(given(1), given(2), { kind: "renewed", expiresAt: "2026-06-03T10:05:00Z", lost: [1] });
    expect(session.held.map(({ isLapsed }) => isLapsed)).toEqual([true, false]);
    expect(session.held.map((each) => each.task.expiresAt)).toEqual(["2026-06-03T10:00:00Z", "2026-06-03T10:05:00Z"]);
  });

  test("shows a hidden field of the task that it belongs to", () => {
    const shown = { ...task(1), data: { name: "Ada" }, hiddenFields: [] };
    const session = replay(given(1), given(2), { kind: "shown", task: shown });
    expect(session.held.map((each) => each.task.data)).toEqual([{ name: "Ada" }, {}]);
  });

  test("ignores a task that is held already, and an answer to one that is not", () => {
    expect(ids(replay(given(1), given(1)))).toEqual([1]);
    expect(replay(given(1), answered(9)).recent).toEqual([]);
  });

  test("counts an answer as on its way until the server has it, so that its task is not asked for again", () => {
    const session = replay(given(1), given(2), answered(1), answered(2));
    expect(tasksOnTheirWay(session, [])).toEqual([1, 2]);
    expect(tasksOnTheirWay(session, [2])).toEqual([1]);
    const stored = changeSession(session, { kind: "stored", taskId: 1, isSurplus: false });
    expect(tasksOnTheirWay(stored, [])).toEqual([2]);
  });

  test("keeps the task on screen when another queue is chosen", () => {
    expect(ids(replay(given(1), given(2), { kind: "requeued" }))).toEqual([1]);
  });
});

test("counts only the time in which the page is visible and focused", () => {
  const time = new ActiveTime();
  time.restart(1000, true);
  time.change(3000, false);
  time.change(60_000, true);
  expect(time.total(60_500)).toBe(2500);
  time.restart(70_000, false);
  expect(time.total(90_000)).toBe(0);
});
