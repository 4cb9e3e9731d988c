import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "#server/stats/random.ts";

export interface Person {
  id: string;
  token: string;
}

/** What people saw. */
export interface Ledger {
  /** Labels whose answers were acknowledged, by person and task. */
  acknowledged: Map<string, string>;
  /** Calls by how they ended. */
  outcomes: Map<string, number>;
  /** What no one may see, in words. */
  wrong: string[];
}

export interface Labelling {
  url: string;
  projectId: number;
  classes: readonly string[];
  ledger: Ledger;
  random: Random;
}

/** Key of an answer in the ledger. */
export const keyOf = (person: string, task: number) => `${person} ${task}`;

const limitMs = 15_000;

/**
 * Labels as a page does: the next task is loaded while one is on screen, and an answer is sent until it is acknowledged. Sometimes a person
 * undoes, or goes to lunch with a task open. @returns when nothing is left, and others hold nothing
 */
export async function label(person: Person, labelling: Labelling): Promise<void> {
  const { random, ledger, classes, projectId } = labelling;
  const call = (method: string, path: string, body: object) =>
    request(person, labelling, { method, path: `/label-projects/${projectId}${path}`, body });
  let shown: number[] = [];
  for (;;) {
    while (shown.length < 2) {
      const next = await call("POST", "/next", { except: shown });
      const task = next.body?.task as { id: number } | null | undefined;
      if (task) shown.push(task.id);
      else if (shown.length === 0 && next.body?.held === 0 && next.body.heldByOthers === 0) return;
      else break;
    }
    const [task] = shown;
    if (task === undefined) {
      await pause(500);
      continue;
    }
    if (random() < 0.002) await pause(6_000);
    const likely = classes[task % classes.length] ?? "a";
    const label = random() < 0.92 ? likely : (classes[Math.floor(random() * classes.length)] ?? "a");
    const value = { kind: "class", label };
    const answer = await call("PUT", `/tasks/${task}/answer`, { value, spentMs: 800 });
    if (answer.status !== 200) ledger.wrong.push(`Task ${task}: answered with ${answer.status}.`);
    ledger.acknowledged.set(keyOf(person.id, task), label);
    shown = shown.slice(1);
    if (random() < 0.01) shown = await undo(person, { labelling, call, shown, task });
  }
}

/** Takes an answer back. If an attempt that was not acknowledged did it already, the next one finds nothing to take back. */
async function undo(
  person: Person,
  {
    labelling: { ledger },
    call,
    shown,
    task,
  }: {
    labelling: Labelling;
    call: (method: string, path: string, body: object) => Promise<Answer>;
    shown: number[];
    task: number;
  },
): Promise<number[]> {
  const undone = await call("POST", "/undo", { taskId: task });
  ledger.acknowledged.delete(keyOf(person.id, task));
  if (undone.status !== 200) return [];
  const released = undone.body?.released as number[];
  return [task, ...shown.filter((id) => !released.includes(id))].slice(0, 2);
}

interface Answer {
  status: number;
  body: Record<string, unknown> | undefined;
}

/** Sends a request until it is answered. A refusal of the server's state, such as 404, is an answer. */
async function request(
  { token }: Person,
  { url, ledger, random }: Labelling,
  { method, path, body }: { method: string; path: string; body: object },
): Promise<Answer> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => undefined,
    );
    const words = answer ? String(answer.status) : "no answer";
    ledger.outcomes.set(words, (ledger.outcomes.get(words) ?? 0) + 1);
    if (answer && answer.status < 500 && answer.status !== 429) {
      if (answer.status === 400 || answer.status === 403) ledger.wrong.push(`${path}: ${answer.status} ${answer.text}`);
      return { status: answer.status, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
    }
    await pause(100 + random() * 400);
  }
}
