import type { AnswerBody, AnswerStore, KeptAnswer } from "./answer-store.ts";

/** What the server said about an answer; a rejected promise of `send` means that it could not be reached. */
export type Sent =
  | { kind: "stored"; surplus: boolean }
  /** The server will not take it, such as after the project was deleted. */
  | { kind: "refused"; problem: string }
  /** It may take it later: it is busy, or the session has ended. */
  | { kind: "later"; problem: string };

export interface Refused {
  answer: KeptAnswer;
  problem: string;
}

/** What the page shows of answers that are on their way. */
export interface SenderState {
  /** Answers kept in this browser that the server does not have. */
  kept: number;
  /** Whether the last attempt did not reach the server. */
  isOffline: boolean;
  /** Why the server takes none at present. */
  problem: string | undefined;
  /** Answers that the server will not take, and those that it has often not taken; the latter are sent again meanwhile. */
  refused: Refused[];
}

interface SenderOptions {
  store: AnswerStore;
  /** Workspace, person and project. */
  owner: string;
  send: (body: AnswerBody) => Promise<Sent>;
  onChange: (state: SenderState) => void;
  onStored?: (body: AnswerBody, isSurplus: boolean) => void;
  now?: () => number;
  /** Waits between attempts; in tests it returns at once. @param ms how long */
  wait?: (ms: number) => Promise<void>;
}

const firstDelayMs = 1000;
const maxDelayMs = 30_000;
/** Times that a server may put an answer off before the person is asked what to do with it. */
const maxPutOff = 5;

/**
 * Sends answers one after the other, in the order in which they were given. Each is kept in the store first and removed when the server has it, so
 * none is lost with the page; sending one twice changes nothing, since the server keys answers by task and person.
 */
export class AnswerSender {
  readonly #options: SenderOptions;
  readonly #refused: Refused[] = [];
  /** How often the server put an answer off, and why, by the answer's mark. */
  readonly #putOff = new Map<string, Refused & { times: number }>();
  #kept = 0;
  #isOffline = false;
  #problem: string | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;
  /** Ends the wait before the next attempt. */
  #wake: () => void = () => {};

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Keeps an answer; resolves once it is on disk. It is sent meanwhile. */
  async add(body: AnswerBody): Promise<void> {
    const { store, owner, now = Date.now } = this.#options;
    await store.put({ key: `${owner}/${body.taskId}`, owner, at: now(), body });
    this.#kept += 1;
    this.#changed();
    this.flush();
  }

  /** Sends what an earlier page left, and tries again at once when the network is back. */
  flush(): void {
    this.#wake();
    if (this.#isStopped) return;
    this.#working ??= this.#sendAll().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves once nothing is being sent. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /**
   * Takes an answer out of the store, unless the server has it.
   * @returns whether it was still here
   */
  async takeBack(taskId: number): Promise<boolean> {
    const { store, owner } = this.#options;
    const kept = (await store.list(owner)).find(({ body }) => body.taskId === taskId);
    if (!kept || !this.#isOffline) return false;
    await store.remove(kept.key, kept.at);
    await this.#count();
    return true;
  }

  /** Deletes an answer that the server refused. */
  async discard({ answer }: Refused): Promise<void> {
    await this.#options.store.remove(answer.key, answer.at);
    this.#putOff.delete(markOf(answer));
    this.#refused.splice(0, this.#refused.length, ...this.#refused.filter((other) => other.answer !== answer));
    await this.#count();
  }

  /** Ends attempts: the page is left. What is kept is sent by the next page. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async #sendAll(): Promise<void> {
    const { store, owner } = this.#options;
    let delayMs = firstDelayMs;
    // What the server does not take now must not hold up the others.
    let later = new Set<string>();
    while (!this.#isStopped) {
      const skipped = new Set(this.#refused.map(({ answer }) => markOf(answer)));
      const kept = await store.list(owner);
      this.#kept = kept.length;
      // One that was replaced by a later answer is no longer asked about.
      const marks = new Set(kept.map(markOf));
      for (const mark of this.#putOff.keys()) if (!marks.has(mark)) this.#putOff.delete(mark);
      const open = kept.filter((answer) => !skipped.has(markOf(answer)));
      // Those that were put off often come last.
      const [next] = open
        .filter((answer) => !later.has(markOf(answer)))
        .toSorted((a, b) => Number(this.#isAside(a)) - Number(this.#isAside(b)));
      if (!next && open.length === 0) break;
      if (!next) {
        await this.#pause(delayMs);
        delayMs = Math.min(maxDelayMs, delayMs * 2);
        later = new Set();
        continue;
      }
      const mark = markOf(next);
      const sent = await this.#options.send(next.body).catch(() => undefined);
      this.#isOffline = sent === undefined;
      if (sent?.kind === "later") {
        later.add(mark);
        const times = (this.#putOff.get(mark)?.times ?? 0) + 1;
        this.#putOff.set(mark, { answer: next, problem: sent.problem, times });
      } else if (sent) this.#putOff.delete(mark);
      const waits = open.some((answer) => later.has(markOf(answer)) && !this.#isAside(answer));
      if (!sent || !waits) this.#problem = undefined;
      else if (sent.kind === "later" && !this.#isAside(next)) this.#problem = sent.problem;
      if (sent?.kind === "stored") {
        await store.remove(next.key, next.at);
        this.#kept -= 1;
        this.#options.onStored?.(next.body, sent.surplus);
      }
      if (sent?.kind === "refused") this.#refused.push({ answer: next, problem: sent.problem });
      this.#changed();
      if (sent && later.size === 0) delayMs = firstDelayMs;
      if (!sent) {
        await this.#pause(delayMs);
        delayMs = Math.min(maxDelayMs, delayMs * 2);
      }
    }
    this.#changed();
  }

  /** Whether the server has put an answer off so often that the person is asked. */
  #isAside(answer: KeptAnswer): boolean {
    return (this.#putOff.get(markOf(answer))?.times ?? 0) >= maxPutOff;
  }

  async #pause(ms: number): Promise<void> {
    const { wait = (time) => new Promise((resolve) => setTimeout(resolve, time)) } = this.#options;
    await Promise.race([
      wait(ms),
      new Promise<void>((resolve) => {
        this.#wake = resolve;
      }),
    ]);
    this.#wake = () => {};
  }

  async #count(): Promise<void> {
    this.#kept = (await this.#options.store.list(this.#options.owner)).length;
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange({
      kept: this.#kept,
      isOffline: this.#isOffline,
      problem: this.#problem,
      refused: [...this.#refused, ...[...this.#putOff.values()].filter(({ times }) => times >= maxPutOff)],
    });
  }
}

/** Distinguishes an answer from a later one to the same task. */
function markOf({ key, at }: KeptAnswer): string {
  return `${key} ${at}`;
}
