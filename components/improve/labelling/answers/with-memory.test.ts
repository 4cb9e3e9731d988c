import { expect, test, vi } from "vitest";
import type { AnswerStore, KeptAnswer } from "./answer-store.ts";
import { withMemory } from "./with-memory.ts";

const kept = (taskId: number, at: number): KeptAnswer => ({
  key: `acme/mei/7/${taskId}`,
  owner: "acme/mei/7",
  at,
  body: { taskId, value: null, note: "", spentMs: 1, guideline: 1, shownPrediction: false },
});

/** Works until it is closed, as a browser does when someone deletes the site's data. */
function closableAnswers() {
  const answers = new Map<string, KeptAnswer>();
  let isClosed = false;
  const use = async () => {
    if (isClosed) throw new DOMException("The connection is closed.", "InvalidStateError");
    return answers;
  };
  const store: AnswerStore = {
    put: async (answer) => void (await use()).set(answer.key, answer),
    list: async () => [...(await use()).values()],
    remove: async (key) => void (await use()).delete(key),
  };
  return { store, answers, setClosed: (closed: boolean) => (isClosed = closed) };
}

test("keeps answers in memory while the store fails, says so once, and lists all by time", async () => {
  const { store, answers, setClosed } = closableAnswers();
  const onFailure = vi.fn();
  const safe = withMemory(store, onFailure);
  await safe.put(kept(3, 3));
  setClosed(true);
  expect(await safe.list("acme/mei/7")).toEqual([]);
  await safe.put(kept(1, 1));
  await safe.put(kept(2, 2));
  expect(onFailure).toHaveBeenCalledTimes(1);
  expect(await safe.list("acme/mei/7")).toEqual([kept(1, 1), kept(2, 2)]);
  expect(await safe.list("acme/jan/7")).toEqual([]);
  setClosed(false);
  expect(await safe.list("acme/mei/7")).toEqual([kept(1, 1), kept(2, 2), kept(3, 3)]);
  await safe.remove("acme/mei/7/1", 1);
  await safe.put(kept(2, 4));
  expect(await safe.list("acme/mei/7")).toHaveLength(2);
  expect([...answers.values()]).toEqual([kept(3, 3), kept(2, 4)]);
});

test("does not remove an answer from memory that was replaced since", async () => {
  const { store, setClosed } = closableAnswers();
  setClosed(true);
  const safe = withMemory(store, () => {});
  await safe.put(kept(1, 1));
  await safe.put(kept(1, 2));
  await safe.remove("acme/mei/7/1", 1);
  expect(await safe.list("acme/mei/7")).toEqual([kept(1, 2)]);
});
