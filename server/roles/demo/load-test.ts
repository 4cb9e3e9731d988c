import { type DemoTarget, send } from "./client.ts";

const endpoint = "digits";
/** The candidate for champion, which takes no traffic yet: its gate about latency rests on this test. */
const version = 3;

/** Starts a load test of the digits model's candidate, unless the endpoint was tested before. Does not wait for its end. */
export async function ensureLoadTest(target: DemoTarget): Promise<void> {
  const tests = `${target.url}/api/v1/endpoints/${endpoint}/load-tests`;
  const { loadTests } = await send<{ loadTests: unknown[] }>(target, "GET", tests);
  if (loadTests.length > 0) return;
  await send(target, "POST", tests, {
    version,
    settings: { rates: [10, 20, 40, 60, 80, 120, 160, 200], stepSeconds: 8 },
    reason: "Load test before promotion",
  });
}
