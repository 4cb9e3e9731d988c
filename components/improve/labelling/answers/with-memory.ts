import type { AnswerStore, KeptAnswer } from "./answer-store.ts";

/**
 * Keeps answers in memory while a store fails, so that they are still sent, as long as the page is open.
 * @param onFailure called before the first answer that only memory has
 */
export function withMemory(store: AnswerStore, onFailure: () => void): AnswerStore {
  const memory = new Map<string, KeptAnswer>();
  let hasFailed = false;
  return {
    put: async (answer) => {
      try {
        await store.put(answer);
        memory.delete(answer.key);
      } catch {
        if (!hasFailed) onFailure();
        hasFailed = true;
        memory.set(answer.key, answer);
      }
    },
    list: async (owner) => {
      const stored = await store.list(owner).catch(() => []);
      const kept = [...memory.values()].filter((answer) => answer.owner === owner);
      const others = stored.filter(({ key }) => !memory.has(key));
      return [...others, ...kept].toSorted((a, b) => a.at - b.at);
    },
    remove: async (key, at) => {
      if (memory.get(key)?.at === at) memory.delete(key);
      await store.remove(key, at).catch(() => undefined);
    },
  };
}
