import { expect, onTestFinished, test } from "vitest";
import { headersOf } from "#server/platform/webhooks/wire.ts";
import { startPager } from "./pager.ts";

const body = JSON.stringify({
  status: "firing",
  alerts: [
    { labels: { alertname: "SLOBurn", severity: "page" }, annotations: { summary: "digits-forms fails 12.5%" } },
    { labels: { alertname: "LeewayNotice", severity: "page" }, annotations: { summary: "You are called" } },
  ],
});

async function post(url: string, secrets: string[]): Promise<number> {
  const headers = headersOf({ id: "7", body }, secrets, new Date());
  return (await fetch(url, { method: "POST", headers, body })).status;
}

test("prints messages signed with its secret, and rejects others", async () => {
  const said: string[] = [];
  const pager = await startPager((line) => said.push(line));
  onTestFinished(pager.close);
  expect(await post(pager.url, ["somebody else's"])).toBe(403);
  expect(await post(pager.url, [])).toBe(403);
  expect(said).toEqual([]);
  expect(await post(pager.url, [pager.secret])).toBe(204);
  expect(said).toEqual(["page: digits-forms fails 12.5%", "You are called"]);
});
