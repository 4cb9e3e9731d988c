import { expect } from "@playwright/test";
import { call, leeway, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { newPromise, newServed, startPager } from "./night-shift-fixture.ts";
import { digits, image, newVersion } from "./serving-fixture.ts";

/** Puts the first user on call for an endpoint, without rotation. @returns what takes them off */
async function putOnCall(endpoint: string): Promise<() => Promise<void>> {
  const { users } = await call<{ users: { id: string }[] }>("GET", "/api/v1/users");
  const userId = users[0]?.id ?? "";
  const { teams } = await call<{ teams: { id: string; name: string }[] }>("GET", "/api/v1/teams");
  const teamId = teams.find(({ name }) => name === endpoint)?.id;
  const layers = [{ name: "Always", userIds: [userId], start: "2026-01-05T09:00", every: { unit: "week", count: 1 } }];
  const schedule = { name: endpoint, timeZone: "UTC", teamId, layers };
  const { id } = await call<{ id: string }>("POST", "/api/v1/on-call/schedules", schedule);
  return async () => void (await call("DELETE", `/api/v1/on-call/schedules/${id}`));
}

test("an operator plans a game day, starts it for requests with a header, aborts it and keeps what it showed", async ({
  page,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newServed(name);
  await newPromise(name);
  const offCall = await putOnCall(name);
  const pager = await startPager();
  try {
    await signIn(page, "/game-days");
    await page.keyboard.press("n");
    await expect(page.getByRole("heading", { name: "Plan a game day", level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Save plan" }).click();
    await expect(page.getByText("Choose an endpoint.", { exact: true })).toBeVisible();
    await page.getByText("Errors", { exact: true }).click();
    await page.getByLabel("Endpoint", { exact: true }).selectOption(name);
    const hypothesis = `When requests to ${name} fail, on-call is notified within 12 minutes.`;
    await page.getByLabel("Hypothesis").fill(hypothesis);
    await expect(page.getByRole("radio", { name: "Only with the header" })).toBeChecked();
    await page.getByRole("button", { name: "Save plan" }).click();
    const heading = page.getByRole("heading", { name: /^GD-\d+$/, level: 1 });
    await expect(heading).toBeVisible();
    const gameDay = (await heading.textContent()) ?? "";
    await expect(page.getByText(hypothesis)).toBeVisible();
    const preconditions = page.getByRole("list", { name: "Preconditions" });
    await expect(preconditions.getByText(/^Blocked/)).toHaveCount(0);

    await page.getByRole("button", { name: "Start now…" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: `Start ${gameDay}` })
      .click();
    const abort = page.getByRole("button", { name: /^Abort/ });
    await expect(abort).toBeVisible();
    await expect(abort).toBeFocused();
    await expect(page.getByRole("list", { name: "Abort conditions" })).toContainText("budget");

    await expect(page.getByText(`x-leeway-game-day: ${gameDay}`, { exact: true })).toBeVisible();
    // The fault reaches a gateway within moments, and only requests that ask for it.
    const [sample] = digits(1);
    const body = JSON.stringify({ inputs: [image(sample?.pixels ?? [])] });
    const send = async (headers: Record<string, string>) => {
      const response = await fetch(`${leeway.gatewayUrl}/v2/models/${name}/infer`, {
        method: "POST",
        headers: { authorization: `Bearer ${leeway.token}`, "content-type": "application/json", ...headers },
        body,
      });
      await response.arrayBuffer();
      return response.status;
    };
    await expect.poll(() => send({ "x-leeway-game-day": gameDay })).toBe(503);
    expect(await send({})).toBe(200);

    await page.keyboard.press("n");
    await page.getByRole("dialog").getByLabel("Note").fill("One request has failed.");
    await page.getByRole("dialog").getByRole("button", { name: "Add note" }).click();
    await expect(page.getByRole("list", { name: "Log" })).toContainText("One request has failed.");

    await page.keyboard.press("a");
    await expect(page.getByText(`${gameDay} is aborted.`)).toBeVisible();
    await expect(page.getByRole("table", { name: "Expectations" })).toContainText("On-call notified");
    await expect(page.getByText("Aborted", { exact: true })).toBeVisible();
    await expect.poll(() => send({ "x-leeway-game-day": gameDay })).toBe(200);

    await page.getByRole("button", { name: "Add…" }).click();
    await page.getByRole("dialog").getByLabel("Follow-up").fill("Run it again by request ID");
    await page.getByRole("dialog").getByRole("button", { name: "Add follow-up" }).click();
    const followUp = page.getByRole("checkbox", { name: "Run it again by request ID" });
    await followUp.click();
    await expect(page.getByText("0 open")).toBeVisible();
    await expect(followUp).toBeChecked();

    await page.getByRole("link", { name: "Plan the next…" }).click();
    await expect(page.getByLabel("Hypothesis")).toHaveValue(hypothesis);
    await page.goto("/game-days");
    await expect(page.getByRole("row", { name: new RegExp(gameDay) })).toContainText("Aborted");
  } finally {
    await pager.stop();
    await offCall();
  }
});
