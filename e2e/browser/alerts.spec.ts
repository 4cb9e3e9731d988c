import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

async function newAlert(name: string): Promise<string> {
  const labels = { alertname: name, severity: "ticket", service: "card-fraud" };
  await call("POST", "/api/v1/alerts", { alerts: [{ labels, annotations: { summary: "Inputs have moved." } }] });
  const query = new URLSearchParams({ matcher: `alertname="${name}"` });
  const { alerts } = await call<{ alerts: { fingerprint: string }[] }>("GET", `/api/v1/alerts?${query}`);
  return alerts[0]?.fingerprint ?? "";
}

test("a user silences an alert by keyboard and sees that the silence suppresses notifications", async ({ page }) => {
  const name = unique("Drift");
  // Further alerts, so that the silence mutes less than half of the firing ones.
  for (let other = 0; other < 3; other += 1) await newAlert(unique("Other"));
  const fingerprint = await newAlert(name);
  await signIn(page, `/alerts/silences/new?matchers=${encodeURIComponent(`alertname="${name}"`)}`);
  await expect(page.getByText(/Matches 1 of \d+\sfiring alerts in 1\sgroup/)).toBeVisible();
  await page.getByLabel("Matchers").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "4 h" })).toBeChecked();
  await page.getByLabel("Reason").focus();
  await page.keyboard.type("The feature store is being moved");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/alerts\/silences\?silence=/);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Active");
  await expect(row).toContainText("The feature store is being moved");

  await page.goto(`/alerts/${fingerprint}`);
  await expect(page.getByRole("heading", { name: "Why this alert did not notify" })).toBeVisible();
  const decisions = page.getByRole("list", { name: "Decisions" });
  await expect(decisions.getByRole("listitem").filter({ hasText: "Silence" })).toContainText("silence");
  await expect(page.getByText("Firing, muted")).toBeVisible();

  await page.goto(`/alerts?state=muted&q=${encodeURIComponent(`alertname="${name}"`)}`);
  await expect(page.getByRole("row").filter({ hasText: "Muted" })).toHaveCount(1);
});

test("a user tests the route, receiver and outcome of an alert by its labels", async ({ page }) => {
  await signIn(page, "/alerts/routes");
  await page.getByLabel("Alert labels").fill(`alertname="${unique("Outage")}", severity="page"`);
  await page.keyboard.press("Control+Enter");
  const response = page.locator("dl").filter({ hasText: "Receiver" });
  await expect(response).toContainText("on-call");
  await expect(response).toContainText("a new group");
  await expect(response).toContainText("group wait 5 s");
  await page.getByLabel("Alert labels").fill('severity=~"page"');
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("one value each");
});
