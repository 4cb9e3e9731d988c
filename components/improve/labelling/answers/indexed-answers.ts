import type { AnswerStore, KeptAnswer } from "./answer-store.ts";

const database = "leeway-labels";
const table = "answers";

/** Keeps answers in this browser, over reloads and crashes. */
export function indexedAnswers(): AnswerStore {
  let opened: Promise<IDBDatabase> | undefined;
  const run = async <Result>(
    mode: IDBTransactionMode,
    work: (answers: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> => {
    opened ??= open(() => {
      opened = undefined;
    });
    const db = await opened;
    return new Promise((resolve, reject) => {
      // Strict: on disk before it counts as kept.
      const transaction = db.transaction(table, mode, { durability: "strict" });
      const request = work(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    put: async (answer) => void (await run("readwrite", (answers) => answers.put(answer))),
    list: async (owner) => {
      const found = await run("readonly", (answers) => answers.index("owner").getAll(owner));
      return (found as KeptAnswer[]).toSorted((a, b) => a.at - b.at);
    },
    remove: async (key, at) => {
      const kept = (await run("readonly", (answers) => answers.get(key))) as KeptAnswer | undefined;
      if (kept?.at === at) await run("readwrite", (answers) => answers.delete(key));
    },
  };
}

/** @param onLost called when it could not be opened, or the browser closed it: the next use opens it again */
function open(onLost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(table, { keyPath: "key" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => {
      request.result.onclose = onLost;
      request.result.onversionchange = () => {
        request.result.close();
        onLost();
      };
      resolve(request.result);
    };
    request.onerror = () => {
      onLost();
      reject(request.error);
    };
  });
}
