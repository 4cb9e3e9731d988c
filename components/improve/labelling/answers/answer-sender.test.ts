import { describe, expect, test } from "vitest";
import { AnswerSender, type SenderState, type Sent } from "./answer-sender.ts";
import type { AnswerBody, AnswerStore, KeptAnswer } from "./answer-store.ts";

/** Survives a sender, as IndexedDB survives a page. */
function memoryAnswers(): AnswerStore & { kept: Map<string, KeptAnswer> } {
  const kept = new Map<string, KeptAnswer>();
  return {
    kept,
    put: async (answer) => void kept.set(answer.key, answer),
    list: async (owner) =>
      [...kept.values()].filter((answer) => answer.owner === owner).toSorted((a, b) => a.at - b.at),
    remove: async (key, at) => {
      if (kept.get(key)?.at === at) kept.delete(key);
    },
  };
}

const answer = (taskId: number, label = "dent"): AnswerBody => ({
  taskId,
  value: { kind: "class", label },
  note: "",
  spentMs: 1200,
  guideline: 1,
  shownPrediction: false,
});

function openPage(store: AnswerStore, send: (body: AnswerBody) => Promise<Sent>) {
  const states: SenderState[] = [];
  const waits: number[] = [];
  let clock = 0;
  let release: () => void = () => {};
  const sender = new AnswerSender({
    store,
    owner: "acme/mei/7",
    send,
    onChange: (state) => states.push(state),
    now: () => ++clock,
    wait: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => {
        release = resolve;
      });
    },
  });
  return { sender, states, waits, release: () => release() };
}

const stored: Sent = { kind: "stored", surplus: false };
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe("sending answers", () => {
  test("sends in order and keeps nothing that the server has", async () => {
    const store = memoryAnswers();
    const got: number[] = [];
    const { sender, states } = openPage(store, async ({ taskId }) => {
      got.push(taskId);
      return stored;
    });
    await sender.add(answer(1));
    await sender.add(answer(2));
    await sender.settled();
    expect(got).toEqual([1, 2]);
    expect(store.kept.size).toBe(0);
    expect(states.at(-1)).toEqual({ kept: 0, isOffline: false, problem: undefined, refused: [] });
  });

  test("keeps answers while the server cannot be reached, waits longer each time, and sends them when it is back", async () => {
    const store = memoryAnswers();
    let isReachable = false;
    const { sender, states, waits, release } = openPage(store, async () => {
      if (!isReachable) throw new TypeError("Failed to fetch");
      return stored;
    });
    await sender.add(answer(1));
    await settle();
    expect(states.at(-1)).toMatchObject({ kept: 1, isOffline: true });
    release();
    await settle();
    expect(waits).toEqual([1000, 2000]);
    isReachable = true;
    // As the event "online" does.
    sender.flush();
    await sender.settled();
    expect(store.kept.size).toBe(0);
    expect(states.at(-1)).toMatchObject({ kept: 0, isOffline: false });
  });

  test("sends with the next page what a crash left behind", async () => {
    const store = memoryAnswers();
    const first = openPage(store, async () => {
      throw new TypeError("Failed to fetch");
    });
    await first.sender.add(answer(1));
    await first.sender.add(answer(2));
    first.sender.stop();
    const got: number[] = [];
    const { sender } = openPage(store, async ({ taskId }) => {
      got.push(taskId);
      return stored;
    });
    sender.flush();
    await sender.settled();
    expect(got).toEqual([1, 2]);
  });

  test("does not delete an answer that was replaced while the earlier one was on its way", async () => {
    const store = memoryAnswers();
    const got: (string | undefined)[] = [];
    let arrive: () => void = () => {};
    const { sender } = openPage(store, async ({ value }) => {
      got.push(value?.kind === "class" ? value.label : undefined);
      if (got.length === 1) {
        await new Promise<void>((resolve) => {
          arrive = resolve;
        });
      }
      return stored;
    });
    await sender.add(answer(1, "dent"));
    await settle();
    await sender.add(answer(1, "tear"));
    arrive();
    await sender.settled();
    expect(got).toEqual(["dent", "tear"]);
    expect(store.kept.size).toBe(0);
  });

  test("sets a refused answer aside, sends the others, and deletes it only on request", async () => {
    const store = memoryAnswers();
    const { sender, states } = openPage(store, async ({ taskId }) =>
      taskId === 1 ? { kind: "refused", problem: "The task was deleted." } : stored,
    );
    await sender.add(answer(1));
    await sender.add(answer(2));
    await sender.settled();
    const [refused] = states.at(-1)?.refused ?? [];
    expect(refused?.problem).toBe("The task was deleted.");
    expect([...store.kept.keys()]).toEqual(["acme/mei/7/1"]);
    if (refused) await sender.discard(refused);
    expect(store.kept.size).toBe(0);
    expect(states.at(-1)).toMatchObject({ kept: 0, refused: [] });
  });

  test("sends the others while the server does not take one, and tries that one again", async () => {
    const store = memoryAnswers();
    const got: number[] = [];
    let isBroken = true;
    const { sender, states, waits } = openPage(store, async ({ taskId }) => {
      if (taskId === 1 && isBroken) return { kind: "later", problem: "Internal error." };
      got.push(taskId);
      return stored;
    });
    await sender.add(answer(1));
    await sender.add(answer(2));
    await sender.add(answer(3));
    await settle();
    expect(got).toEqual([2, 3]);
    expect(waits.length).toBeGreaterThan(0);
    expect(states.at(-1)).toMatchObject({ kept: 1, problem: "Internal error." });
    isBroken = false;
    sender.flush();
    await sender.settled();
    expect(got).toEqual([2, 3, 1]);
    expect(states.at(-1)).toMatchObject({ kept: 0, problem: undefined });
  });

  test("asks about answers that the server puts off again and again, goes on, and sends them once it takes them", async () => {
    const store = memoryAnswers();
    const got: number[] = [];
    let isBroken = true;
    const { sender, states, release } = openPage(store, async ({ taskId }) => {
      if (taskId < 3 && isBroken) return { kind: "later", problem: "Internal error." };
      got.push(taskId);
      return stored;
    });
    await sender.add(answer(1));
    await sender.add(answer(2));
    for (let times = 0; times < 3; times += 1) {
      await settle();
      expect(states.at(-1)).toMatchObject({ kept: 2, problem: "Internal error.", refused: [] });
      release();
    }
    await settle();
    release();
    await settle();
    // The page gives the next item, since these two hold up nothing.
    const asked = states.at(-1)?.refused.map((one) => [one.answer.body.taskId, one.problem]);
    expect(asked).toEqual([1, 2].map((taskId) => [taskId, "Internal error."]));
    expect(states.at(-1)).toMatchObject({ kept: 2, problem: undefined });
    await sender.add(answer(3));
    await settle();
    expect(got).toEqual([3]);
    const [first] = states.at(-1)?.refused ?? [];
    if (first) await sender.discard(first);
    isBroken = false;
    sender.flush();
    await sender.settled();
    expect(got).toEqual([3, 2]);
    expect(states.at(-1)).toEqual({ kept: 0, isOffline: false, problem: undefined, refused: [] });
  });

  test("takes an answer back that never left, and none that may have arrived", async () => {
    const store = memoryAnswers();
    let isReachable = false;
    const { sender } = openPage(store, async () => {
      if (!isReachable) throw new TypeError("Failed to fetch");
      return stored;
    });
    await sender.add(answer(1));
    await settle();
    expect(await sender.takeBack(1)).toBe(true);
    expect(store.kept.size).toBe(0);
    isReachable = true;
    await sender.add(answer(2));
    sender.flush();
    await sender.settled();
    expect(await sender.takeBack(2)).toBe(false);
  });
});
