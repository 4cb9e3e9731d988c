import { expect, test } from "vitest";
import { type AttemptHistory, type Failures, waitSeconds } from "./limits.ts";

const start = new Date("2026-05-08T00:00:00Z");
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const none = { count: 0, lastAt: undefined };
const history = (more: Partial<AttemptHistory>): AttemptHistory => {
  return { pair: none, network: none, email: none, isKnownNetwork: false, browser: undefined, ...more };
};
const daySeconds = 24 * 3600;

test.each([
  [4, 0],
  [5, 30],
  [6, 60],
  [7, 120],
  [9, 480],
  [10, 900],
  [5000, 900],
])("delays an email after %d failures from one network by %d s", (count, expected) => {
  expect(waitSeconds(history({ pair: { count, lastAt: start } }), start)).toBe(expected);
});

test("counts the delay from the last failure, and ends it", () => {
  expect(waitSeconds(history({ pair: { count: 5, lastAt: start } }), at(12.5))).toBe(18);
  expect(waitSeconds(history({ pair: { count: 5, lastAt: start } }), at(30))).toBe(0);
});

test("delays a network after 50 failures, for any email", () => {
  expect(waitSeconds(history({ network: { count: 49, lastAt: start } }), start)).toBe(0);
  expect(waitSeconds(history({ network: { count: 50, lastAt: start } }), at(60))).toBe(840);
});

test("spaces out attempts after 100 failures of an email, except from a network that it has signed in from", () => {
  expect(waitSeconds(history({ email: { count: 99, lastAt: start } }), start)).toBe(0);
  expect(waitSeconds(history({ email: { count: 100, lastAt: start } }), at(10))).toBe(50);
  expect(waitSeconds(history({ email: { count: 100, lastAt: start }, isKnownNetwork: true }), at(10))).toBe(0);
});

test("applies the longest delay, and to a known browser only its own", () => {
  const pair = { count: 5, lastAt: start };
  const network = { count: 50, lastAt: start };
  const email = { count: 100, lastAt: start };
  expect(waitSeconds(history({ pair, network, email }), start)).toBe(900);
  expect(waitSeconds(history({ pair, network, email, browser: none }), start)).toBe(0);
  expect(waitSeconds(history({ pair, network, email, browser: { count: 6, lastAt: start } }), start)).toBe(60);
});

/** Attempts of one email, as attempts.ts counts them; seconds from the start. */
class Attempts {
  readonly #failed: { seconds: number; network: string }[] = [];

  wait(seconds: number, network: string, more: Partial<AttemptHistory> = {}): number {
    const lately = this.#failed.filter((attempt) => attempt.seconds > seconds - daySeconds);
    const here = lately.filter((attempt) => attempt.network === network);
    const inWindow = here.filter((attempt) => attempt.seconds > seconds - 15 * 60);
    const counts = { pair: failures(here), network: failures(inWindow), email: failures(lately) };
    return waitSeconds(history({ ...counts, ...more }), at(seconds));
  }

  /** Guesses if the limits allow it. @returns whether the guess was checked */
  guess(seconds: number, network: string): boolean {
    if (this.wait(seconds, network) > 0) return false;
    this.#failed.push({ seconds, network });
    return true;
  }
}

function failures(attempts: { seconds: number }[]): Failures {
  const last = attempts.at(-1);
  return { count: attempts.length, lastAt: last && at(last.seconds) };
}

/** Guesses as often as allowed, from each network in turn. @returns the guesses that were checked on each day */
function attack(attempts: Attempts, networks: number, { days, everySeconds }: { days: number; everySeconds: number }) {
  const perDay = Array<number>(days).fill(0);
  let network = 0;
  for (let seconds = 0; seconds < days * daySeconds; seconds += everySeconds) {
    // A botnet moves on when a network has to wait.
    for (let tries = 0; tries < Math.min(networks, 3); tries++) {
      const day = Math.floor(seconds / daySeconds);
      if (attempts.guess(seconds, `attacker ${network}`)) perDay[day] = (perDay[day] ?? 0) + 1;
      network = (network + 1) % networks;
    }
  }
  return perDay;
}

test("lets an attacker in one network try 105 passwords on the first day and 96 later, and delays nobody else", () => {
  const attempts = new Attempts();
  const [first = 0, second = 0] = attack(attempts, 1, { days: 2, everySeconds: 1 });
  expect(first).toBeGreaterThanOrEqual(100);
  expect(first).toBeLessThanOrEqual(105);
  expect(second).toBeLessThanOrEqual(96);
  const now = 2 * daySeconds;
  expect(attempts.wait(now, "attacker 0")).toBeGreaterThan(0);
  expect(attempts.wait(now, "victim")).toBeLessThanOrEqual(60);
});

test("lets an attacker in 1,000 networks try 1,540 passwords on the first day and 1,440 later", () => {
  const attempts = new Attempts();
  const [first = 0, second = 0] = attack(attempts, 1_000, { days: 2, everySeconds: 20 });
  expect(first).toBeGreaterThan(1_400);
  expect(first).toBeLessThanOrEqual(1_540);
  expect(second).toBeLessThanOrEqual(1_440);
});

test("during an attack from 1,000 networks, delays the person in a new network only, by at most a minute", () => {
  const attempts = new Attempts();
  attack(attempts, 1_000, { days: 1, everySeconds: 20 });
  expect(attempts.guess(daySeconds + 60, "attacker 0")).toBe(true);
  const now = daySeconds + 61;
  expect(attempts.wait(now, "hotel")).toBeGreaterThan(0);
  expect(attempts.wait(now, "hotel")).toBeLessThanOrEqual(60);
  expect(attempts.wait(now, "hotel", { browser: none })).toBe(0);
  expect(attempts.wait(now, "home", { isKnownNetwork: true })).toBe(0);
});
