import { expect, type Locator, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

test("a user sets a price for machine hours, sees the spend of the month, and sets a budget", async ({ page }) => {
  const reason = unique("agreed");
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  for (const { pixels } of digits(1)) await run(name, { inputs: [image(pixels)] });
  await signIn(page, "/costs/prices");
  await page.getByRole("button", { name: "Set price…" }).click();
  const price = page.getByRole("dialog", { name: "Set price?" });
  await price.getByLabel("Amount").fill("240");
  await price.getByRole("button", { name: "Set price" }).click();
  await expect(price.getByText(/Give a short reason/)).toBeVisible();
  await price.getByRole("textbox", { name: "Reason" }).fill(reason);
  await page.keyboard.press("Control+Enter");
  await expect(price).toBeHidden();
  const prices = page.getByRole("table", { name: "Prices" });
  await expect(prices.getByRole("row", { name: new RegExp(reason) })).toContainText("€240");

  await page.goto("/costs/budgets");
  await page.getByRole("button", { name: "Set budget…" }).click();
  const budget = page.getByRole("dialog", { name: "Set budget?" });
  await budget.getByLabel("Monthly budget, EUR").fill("5000");
  await budget.getByRole("textbox", { name: "Reason" }).fill(reason);
  await page.keyboard.press("Control+Enter");
  await expect(budget).toBeHidden();
  const budgets = page.getByRole("table", { name: "Budgets" });
  await expect(budgets.getByRole("row", { name: new RegExp(reason) })).toContainText("€5,000");

  // Machines are metered each minute, and listed once they served the workspace.
  const total = page.getByRole("table", { name: "Costs by machine" }).getByRole("row").last();
  await expect(async () => {
    await page.goto("/costs?by=machine");
    await expect(total).toContainText(/€\d/, { timeout: 2000 });
  }).toPass();
  await page.getByRole("link", { name: "Model", exact: true }).click();
  await expect(page).toHaveURL(/\/costs$|by=model/);
  await expect(page.getByText(/ spent in \w+ so far|is forecast to end at/)).toBeVisible();
  await expect(
    page
      .getByRole("figure", { name: /^Spend this month/ })
      .getByText("budget")
      .first(),
  ).toBeVisible();
  // At this price one day of a training job costs more than the budget: the jobs of later journeys would wait.
  await call("POST", "/api/v1/cost-budgets", { amount: 0, reason });
});

test("a user sees events after predictions counted by version", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  for (const { pixels } of digits(3)) await run(name, { inputs: [image(pixels)] });
  const kpi = unique("order");
  await call("POST", "/api/v1/kpis", { name: kpi, definition: { description: "A parcel was sent", unit: "€" } });
  const events = [20, 30, 10].map((value, index) => ({ unit: `customer-${index}`, endpoint: name, value }));
  const path = `/api/v1/kpis/${encodeURIComponent(kpi)}/events`;
  expect(await call("POST", path, { events })).toEqual({ added: 3, repeated: 0, waiting: 0 });
  expect(await call("POST", path, { events })).toEqual({ added: 0, repeated: 3, waiting: 0 });

  await signIn(page, "/overview/kpis");
  const row = page.getByRole("table", { name: "Business KPIs" }).getByRole("row", { name: new RegExp(kpi) });
  await expect(row).toContainText("A parcel was sent");
  await expect(row).toContainText("60");
  await row.click();
  const versions = page.getByRole("table", { name: `${kpi} by version and arm` });
  await expect(versions.getByRole("row", { name: new RegExp(`^${name} v1`) })).toContainText("stable");
});

test("a user reads the week as a sentence and explained numbers on one page, and reviews it", async ({ page }) => {
  await signIn(page, "/overview");
  await expect(page.locator("[data-sentence]")).toContainText(/\w+.*\.$/);
  const tiles = page.getByRole("region", { name: "Key figures for the period" });
  const incidents = tiles.locator('[data-figure="incidents.count"]');
  const received = await incidents.textContent();
  await incidents.click();
  await expect(page).toHaveURL(/fact=incidents\.count/);
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("Based on")).toBeVisible();
  await expect(drawer.locator("[data-figure]")).toHaveText(received?.trim() ?? "");
  await page.getByRole("button", { name: "Close" }).click();
  await expect(drawer).toBeHidden();

  await fill(page);
  expect(await sheets(page)).toEqual([{ width: 842, height: 595 }]);
  await page.reload();

  await page.getByRole("link", { name: "Reviews", exact: true }).click();
  const note = "The canary went well";
  const deploys = page.locator("#deploys");
  await deploys.getByLabel("Note on Recent deployments").fill(note);
  await deploys.getByRole("button", { name: "Mark Recent deployments as reviewed" }).click();
  await expect(deploys.getByText(/^Reviewed by/)).toContainText(note);
  await page.reload();
  await expect(deploys.getByText(/^Reviewed by/)).toContainText(note);
  await deploys.getByRole("button", { name: "Undo" }).click();
  await expect(deploys.getByText("To review")).toBeVisible();
});

/** Fills the report with as much as it shows at most: a sentence of two lines, 24 statuses, seven models, and five risks of two lines. */
async function fill(page: Page): Promise<void> {
  await page.locator("[data-sentence]").evaluate((sentence) => sentence.append(` ${sentence.textContent}`));
  const tiles = page.getByRole("region", { name: "Key figures for the period" });
  await repeat(tiles.getByRole("list", { name: "Models by status" }), 24);
  await repeat(tiles.locator("~ div tbody"), 7);
  const risks = page.locator("section", { has: page.getByRole("heading", { name: "Risks" }) });
  await risks.evaluate((panel) => {
    const words = "A risk whose words are so many that they need more than one line of the column";
    const [risk = document.createElement("li")] = panel.querySelectorAll("li");
    const link = risk.querySelector("a");
    if (link) link.textContent = words;
    else risk.textContent = words;
    const list = risk.parentElement ?? panel.appendChild(document.createElement("ul"));
    list.replaceChildren(...Array.from({ length: 5 }, () => risk.cloneNode(true)));
  });
}

/** Repeats the first child of a list until it has `count`; an empty list stays empty. */
async function repeat(list: Locator, count: number): Promise<void> {
  await list.evaluate((element, count) => {
    const first = element.firstElementChild;
    for (let size = element.children.length; first && size < count; size += 1) element.append(first.cloneNode(true));
  }, count);
}

/** Returns the size of each printed page, in points. */
async function sheets(page: Page): Promise<{ width: number; height: number }[]> {
  const file = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
  const boxes = [...file.matchAll(/\/Type\s*\/Page\b(?!s)[\s\S]*?\/MediaBox\s*\[([^\]]*)\]/g)];
  return boxes.map(([, box = ""]) => {
    const [, , width = 0, height = 0] = box.trim().split(/\s+/).map(Number);
    return { width: Math.round(width), height: Math.round(height) };
  });
}
