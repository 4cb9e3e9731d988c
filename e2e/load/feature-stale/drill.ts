import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { atMost, type Row } from "../report.ts";
import { asks, push, readNotices } from "./product.ts";
import { statedFreshMs } from "./stated.ts";

const pushMs = 1_000;
const askMs = 200;
const readMs = 500;
/** Gateways learn the clock of the database from its answers. */
const clockMs = 100;
/** How long to wait beyond what is stated, to say by how much it was late. */
const graceMs = 30_000;

/** What is expected, and within how many milliseconds it is stated to be seen. */
export type Stated = (readonly [name: string, withinMs: number])[];

/** Pushes to the running product, asks it by key, and reads what it says about the views; notes when each of these changes, and what may not be. */
export class Drill {
  /** What must not be, in words. */
  readonly wrong: string[] = [];
  /** Rows that were acknowledged, oldest first: event time, and when. In milliseconds since 1970. */
  private readonly rows: { eventAt: number; acknowledgedAt: number }[] = [];
  private readonly target: DemoTarget;
  private readonly ttlMs: number;
  private readonly stop = new AbortController();
  private source: { stop: AbortController; ended: Promise<void> } | undefined;
  private readonly clients: Promise<void>[] = [];
  /** Since when each state is as it is now. */
  private readonly states = new Map<string, { isLate: boolean; since: number }>();

  constructor(target: DemoTarget, ttlMs: number) {
    this.target = target;
    this.ttlMs = ttlMs;
  }

  /** Begins to push a row a second. @returns when the first one was acknowledged */
  async startSource(): Promise<number> {
    if (this.source) return Date.now();
    const stop = new AbortController();
    await this.push();
    const acknowledgedAt = Date.now();
    this.source = { stop, ended: this.repeat(pushMs, stop.signal, () => this.push()) };
    return acknowledgedAt;
  }

  private async push(): Promise<void> {
    const eventAt = await push(this.target);
    this.rows.push({ eventAt, acknowledgedAt: Date.now() });
  }

  get lastEventAt(): number {
    return this.rows.at(-1)?.eventAt ?? 0;
  }

  async stopSource(): Promise<void> {
    this.source?.stop.abort();
    await this.source?.ended;
    this.source = undefined;
  }

  /** Begins to ask by key in every way, and to read findings, alerts and SLOs. */
  startClients(): void {
    const { signal } = this.stop;
    for (const [name, ask] of Object.entries(asks)) {
      this.clients.push(this.repeat(askMs, signal, () => this.ask(name, ask)));
    }
    this.clients.push(this.repeat(readMs, signal, () => this.read()));
  }

  private async ask(name: string, ask: (target: DemoTarget) => Promise<string>): Promise<void> {
    const sentAt = Date.now();
    // Every gateway has seen it by now.
    const known = this.rows.findLast(({ acknowledgedAt }) => acknowledgedAt <= sentAt - statedFreshMs)?.eventAt ?? 0;
    const seen = await ask(this.target);
    const answeredAt = Date.now();
    if (seen !== "fresh" && seen !== "old") {
      this.wrong.push(`${name}: ${seen.slice(0, 300)}`);
      return;
    }
    if (seen === "fresh" && sentAt > this.lastEventAt + this.ttlMs + clockMs) {
      this.wrong.push(`${name}: a value was given ${sentAt - this.lastEventAt - this.ttlMs} ms after its time limit.`);
    }
    if (seen === "old" && answeredAt < known + this.ttlMs - clockMs) {
      this.wrong.push(`${name}: a value was refused ${known + this.ttlMs - answeredAt} ms before its time limit.`);
    }
    this.note(name, seen === "old", answeredAt);
  }

  private async read(): Promise<void> {
    const notices = await readNotices(this.target);
    const now = Date.now();
    const isInTime = now < this.lastEventAt + this.ttlMs - clockMs;
    for (const [name, isThere] of Object.entries(notices)) {
      const isNew = isThere && !this.states.get(name)?.isLate;
      if (isNew && (isInTime || name === "source-late-of-watched-view")) this.wrong.push(`${name} at ${now}`);
      this.note(name, isThere, now);
    }
  }

  private note(name: string, isLate: boolean, at: number): void {
    if (this.states.get(name)?.isLate === isLate) return;
    this.states.set(name, { isLate, since: at });
    console.log(`${new Date(at).toISOString().slice(11, 23)} ${name}: ${isLate ? "late" : "in order"}`);
  }

  /** Waits until everything is late, or in order again. @returns a row for each, with the seconds since a time */
  async until(isLate: boolean, stated: Stated, since: number): Promise<Row[]> {
    const isSo = (name: string) => this.states.get(name)?.isLate === isLate;
    const endsAt = since + Math.max(...stated.map(([, withinMs]) => withinMs)) + graceMs;
    while (Date.now() < endsAt && !stated.every(([name]) => isSo(name))) await pause(100);
    return stated.map(([name, withinMs]) => {
      const at = isSo(name) ? (this.states.get(name)?.since ?? 0) : Date.now();
      if (!isSo(name)) this.wrong.push(`${name} is still ${isLate ? "in order" : "late"}.`);
      const seconds = (ms: number) => Math.round(ms / 100) / 10;
      const numbers = { name: isLate ? name : `${name}-ended`, unit: "s", leeway: seconds(Math.max(0, at - since)) };
      return atMost(seconds(withinMs), numbers);
    });
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.stopSource();
    await Promise.all(this.clients);
  }

  /** Calls at the interval until it is aborted. */
  private async repeat(everyMs: number, signal: AbortSignal, call: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const startedAt = performance.now();
      await call().catch((error: unknown) => void this.wrong.push(String(error).slice(0, 300)));
      await pause(Math.max(0, everyMs - (performance.now() - startedAt)), undefined, { signal }).catch(() => {});
    }
  }
}
