import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { newEndpoint, newVersion } from "./serving-fixture.ts";

/** Creates an endpoint that was moved to its second version a moment ago, and an external page about it. */
async function createFixture(): Promise<{ endpoint: string; alertname: string }> {
  const endpoint = unique("card-fraud");
  await newVersion(endpoint, "digits/models/digits-v2.onnx");
  await newVersion(endpoint, "digits/models/digits-v3.onnx");
  await newEndpoint(endpoint, endpoint, 1);
  await call("POST", `/api/v1/endpoints/${endpoint}/deployments`, {
    model: endpoint,
    version: 2,
    reason: "New features",
  });
  const alertname = unique("RequestsFail");
  const labels = { alertname, severity: "page", service: endpoint, endpoint };
  await call("POST", "/api/v1/alerts", {
    alerts: [{ labels, annotations: { summary: "Rows rejected by the schema check" } }],
  });
  // A ticket ranks below every page, so there is always a next line.
  const ticket = { alertname: unique("Slow"), severity: "ticket", service: unique("parcels") };
  await call("POST", "/api/v1/alerts", { alerts: [{ labels: ticket, annotations: { summary: "Answers are slow" } }] });
  return { endpoint, alertname };
}

test("an on-call engineer acknowledges, rolls back and silences a page by keyboard", async ({ page }) => {
  const { endpoint } = await createFixture();
  // Opens the board by the page's link: other journeys have added lines above, and only visible ones are rendered.
  await signIn(page, `/on-call/INC-${await incidentOf(endpoint)}`);
  const chosen = page.getByRole("option", { selected: true });
  const line = chosen.filter({ hasText: endpoint });
  await expect(line).toContainText("Not acknowledged");
  await expect(line).toContainText("INC-");
  await page.keyboard.press("j");
  await expect(chosen).toContainText(/./);
  await expect(chosen).not.toContainText(endpoint);
  await page.keyboard.press("k");
  await expect(line).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Actions" })).toContainText("Roll back to v1");
  await expect(page.getByRole("region", { name: "Likely cause" })).toContainText(
    `${endpoint} version 2 deployed to ${endpoint}`,
  );

  await page.keyboard.press("a");
  await expect(page.getByText("Acknowledged. Escalation stopped.")).toBeVisible();
  await expect(line).toContainText("acknowledged");

  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`Roll back ${endpoint} to v1?`);
  await expect(dialog).toContainText("2 → 1");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Rolled back. Leeway monitors recovery.")).toBeVisible();
  const served = await call<{ current: { version: number } }>("GET", `/api/v1/endpoints/${endpoint}`);
  expect(served.current.version).toBe(1);

  await page.keyboard.press("f");
  await expect(dialog).toContainText(`Freeze changes to ${endpoint}?`);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText(`Changes to ${endpoint} frozen.`)).toBeVisible();
  // The key of freezing now lifts it, with a reason.
  await expect(page.getByRole("button", { name: "Lift freeze…" })).toBeVisible();
  await page.keyboard.press("f");
  await expect(dialog).toContainText(`Lift the freeze on ${endpoint}?`);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(dialog).toContainText("Give a short reason");
  await page.keyboard.type("It is over");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText(`Freeze on ${endpoint} lifted.`)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Freeze…/ })).toBeVisible();
  const { freeze } = await call<{ freeze: unknown }>("GET", `/api/v1/endpoints/${endpoint}/freeze`);
  expect(freeze).toBeNull();

  await page.keyboard.press("s");
  await expect(dialog).toContainText(`Silence ${endpoint}?`);
  // Without a reason nothing happens.
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(dialog).toContainText("Give a short reason");
  await page.keyboard.type("Known, being worked on");
  await page.keyboard.press("ControlOrMeta+Enter");
  // The board moves to the next line; the toast links back to this one, wherever it has moved.
  const said = page.getByRole("status").filter({ hasText: /Silenced until (\d+ \w+, )?\d\d:\d\d\./ });
  await expect(said).toBeVisible();
  await expect(chosen).not.toContainText(endpoint);
  await said.getByRole("button", { name: "View" }).press("Enter");
  await expect(line).toContainText(/Silenced until (\d+ \w+, )?\d\d:\d\d/);
});

/** Returns the number of the incident that was opened for the endpoint's page. */
async function incidentOf(endpoint: string): Promise<number> {
  type Rows = { rows: { service: string; incident: { number: number } | null }[] };
  const find = async () => {
    const { rows } = await call<Rows>("GET", "/api/v1/triage/queue?limit=500");
    return rows.find(({ service }) => service === endpoint)?.incident?.number;
  };
  await expect.poll(find).toBeDefined();
  return (await find()) ?? 0;
}

test("an address of an earlier release leads to the incident", async ({ page }) => {
  const { endpoint } = await createFixture();
  const number = await incidentOf(endpoint);
  await signIn(page, `/on-call?incident=${number}`);
  await expect(page).toHaveURL(new RegExp(`/on-call/INC-${number}$`));
  const stages = page.getByRole("list", { name: "Stages" });
  await expect(stages.getByRole("listitem").first()).toContainText("1 Act");
  await expect(stages.getByRole("listitem").first()).toHaveAttribute("aria-current", "step");
});

test("an on-call engineer opens the other on-call pages from the board by keyboard", async ({ page }) => {
  await signIn(page, "/on-call");
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button", { name: "On call" }).focus();
  await page.keyboard.press("Enter");
  const part = page.getByRole("menuitem", { name: "Schedules" });
  await expect(part).toBeVisible();
  for (let presses = 0; presses < 6 && !(await part.evaluate((item) => item === document.activeElement)); presses += 1)
    await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/on-call\/schedules$/);
});
