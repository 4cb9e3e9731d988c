import { setTimeout as pause } from "node:timers/promises";
import type {
  AbortCondition,
  GameDay,
  GameDayEvent,
  GameDayPlan,
  GameDayReport,
  Precondition,
} from "#server/respond/drills/contract.ts";
import { type DemoTarget, RequestRefused, send } from "#server/roles/demo/client.ts";
import { signIn } from "../tracking/session.ts";
import type { Product } from "./product.ts";

/** JSON has times as text. */
type Json<Of> = {
  [Key in keyof Of]: Of[Key] extends Date ? string : Of[Key] extends Date | null ? string | null : Of[Key];
};
type Day = Json<GameDay>;
type Plan = Pick<GameDayPlan, "endpoint" | "fault"> & Partial<Pick<GameDayPlan, "scope" | "share" | "minutes">>;

const presenceMs = 20_000;
/** A session is noted as used once a minute. */
const sessionMs = 60_000;
const startMs = 300_000;
const lookMs = 500;

/** Plans, starts and watches game days by REST, as their owner with the page open would. */
export class Conductor {
  readonly target: DemoTarget;
  private readonly cookie: string;
  private number: number | null = null;
  private readonly timers: NodeJS.Timeout[];

  private constructor(target: DemoTarget, cookie: string) {
    this.target = target;
    this.cookie = cookie;
    this.timers = [
      setInterval(() => void this.watch().catch(() => {}), presenceMs),
      setInterval(() => void this.visit().catch(() => {}), sessionMs),
    ];
  }

  static async open({ target, account }: Product): Promise<Conductor> {
    const conductor = new Conductor(target, await signIn(target.url, account.email, account.password));
    await conductor.visit();
    return conductor;
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Uses the owner's session. */
  private async visit(): Promise<void> {
    const response = await fetch(`${this.target.url}/api/v1/viewer/shift`, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`The owner is not signed in: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  /** Says that the owner's page is open. */
  private async watch(): Promise<void> {
    if (this.number !== null) await this.ask("POST", `game-days/${this.number}/presence`);
  }

  private ask<Result>(method: "GET" | "POST", path: string, body: object = {}): Promise<Result> {
    const url = `${this.target.url}/api/v1/${path}`;
    return send(this.target, method, url, method === "GET" ? undefined : body);
  }

  /**
   * Plans a game day, waits until nothing blocks it, and starts it. Incidents of earlier game days are cancelled meanwhile.
   * @throws Error with what blocks it after five minutes
   */
  async start(plan: Plan): Promise<Day> {
    const { number } = await this.ask<Day>("POST", "game-days", {
      scope: "requests",
      share: 0.5,
      minutes: 5,
      ...plan,
      hypothesis: `With ${plan.fault.kind} at ${plan.endpoint}, no other endpoint is affected.`,
      expectations: [
        { what: "detected", withinSeconds: 180 },
        { what: "notified", withinSeconds: 180 },
        { what: "noHarm" },
      ],
    });
    for (const giveUpAt = Date.now() + startMs; ; await pause(2_000)) {
      await this.cancelIncidents();
      const unmet = (await this.preconditions(number)).filter(({ isMet }) => !isMet);
      if (unmet.length === 0) {
        try {
          const day = await this.ask<Day>("POST", `game-days/${number}/start`);
          this.number = number;
          return day;
        } catch (error) {
          if (!(error instanceof RequestRefused && error.status === 409)) throw error;
        }
      }
      if (Date.now() > giveUpAt) throw new Error(unmet.map(({ blocked }) => blocked).join(" ") || "It did not start.");
    }
  }

  private async preconditions(number: number): Promise<Precondition[]> {
    const path = `game-days/${number}/preconditions`;
    return (await this.ask<{ preconditions: Precondition[] }>("GET", path)).preconditions;
  }

  private async cancelIncidents(): Promise<void> {
    const { incidents } = await this.ask<{ incidents: { number: number }[] }>("GET", "incidents?open=true");
    for (const { number } of incidents) {
      const body = { to: "cancelled", reason: "Made by a game day." };
      await this.ask("POST", `incidents/${number}/state`, body).catch(() => {});
    }
  }

  read(number: number): Promise<Day> {
    return this.ask("GET", `game-days/${number}`);
  }

  report(number: number): Promise<GameDayReport> {
    return this.ask("GET", `game-days/${number}/report`);
  }

  async conditions(number: number): Promise<AbortCondition[]> {
    return (await this.ask<{ conditions: AbortCondition[] }>("GET", `game-days/${number}/abort-conditions`)).conditions;
  }

  async events(number: number): Promise<Json<GameDayEvent>[]> {
    return (await this.ask<{ events: Json<GameDayEvent>[] }>("GET", `game-days/${number}/events`)).events;
  }

  /** @param token of whoever aborts it */
  async abort(number: number, token = this.target.token): Promise<Day> {
    const path = `${this.target.url}/api/v1/game-days/${number}/abort`;
    return send({ ...this.target, token }, "POST", path, { reason: "By the drill." });
  }

  /**
   * Waits until a game day is over. @param look called twice a second meanwhile @returns undefined where it still runs after the limit
   */
  async untilOver(
    number: number,
    limitMs: number,
    look: () => Promise<void> = async () => {},
  ): Promise<Day | undefined> {
    for (const giveUpAt = Date.now() + limitMs; Date.now() < giveUpAt; await pause(lookMs)) {
      await look().catch(() => {});
      const day = await this.read(number).catch(() => undefined);
      if (day && day.state !== "running") {
        this.number = null;
        return day;
      }
    }
    return undefined;
  }
}
