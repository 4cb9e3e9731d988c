import { expect, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Fills the row of a feature that has no name yet. */
async function addFeature(page: Page, name: string, type: string): Promise<void> {
  await page.getByRole("textbox", { name: "New feature, name" }).fill(name);
  await page.getByLabel(`${name}, type`).selectOption(type);
}

test("a user defines an entity and a view, sees its rows arrive, looks up a key, and cannot retype what a service needs", async ({
  page,
}) => {
  const entity = unique("driver");
  const view = unique("stats");
  await signIn(page, "/features");
  await page.getByRole("heading", { level: 1, name: "Features" }).waitFor();
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/\/features\/new$/);

  await page.getByLabel("Name", { exact: true }).fill(view);
  await page.getByRole("button", { name: "Create entity…" }).click();
  const fields = page.getByRole("group", { name: "New entity" });
  await fields.getByLabel("Entity").fill(entity);
  await fields.getByRole("button", { name: "Create entity" }).click();
  await expect(page.getByText(`${entity} (${entity}_id, int64)`).first()).toBeVisible();
  await page.getByLabel("Max age (TTL)").fill("1");
  await addFeature(page, "trips", "int64");
  await page.getByRole("textbox", { name: "trips, min" }).fill("0");
  await page.getByRole("button", { name: "Add feature" }).click();
  await addFeature(page, "hours", "float64");

  await page.getByRole("button", { name: "Add expression" }).click();
  const cel = page.getByLabel("Expression (CEL)");
  await page.getByLabel("Name", { exact: true }).last().fill("per_hour");
  await cel.fill("trips / hours");
  await expect(page.getByText(/^Character 7: /)).toBeVisible();
  await cel.fill("double(trips) / hours");
  await expect(page.getByText("reads hours, trips").or(page.getByText("reads trips, hours"))).toBeVisible();
  await expect(page.getByText("Creates version 1.")).toBeVisible();
  await page.getByRole("button", { name: "Create view" }).click();
  await expect(page.getByRole("heading", { level: 1, name: view })).toBeVisible();
  await expect(page.getByText("No rows yet")).toBeVisible();

  const write = (event: Date, trips: number) =>
    call("POST", "/api/v1/features/rows", {
      view,
      columns: { [`${entity}_id`]: [7], event_timestamp: [event.toISOString()], trips: [trips], hours: [2] },
    });
  const now = Date.now();
  await write(new Date(now - 1_800_000), 10);
  await page.reload();
  await expect(page.getByText("Fresh").first()).toBeVisible();

  const before = new Date();
  await write(new Date(now - 60_000), 30);
  await page.getByRole("heading", { level: 1, name: view }).click();
  await page.keyboard.press("k");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(`${entity}_id`).fill("7");
  await dialog.getByLabel("As of").fill(before.toISOString());
  await dialog.getByRole("button", { name: "Look up" }).click();
  const values = page.getByRole("table", { name: "Values of the key" });
  await expect(values.getByRole("row", { name: /per_hour/ })).toContainText(/5.*15/);
  await expect(values.getByRole("row", { name: /trips/ })).toContainText(/10.*30/);
  await expect(page.getByRole("table", { name: "History of the key" }).getByRole("row")).toHaveCount(3);
  await page.goto(`/features/${view}/keys/8`);
  await expect(page.getByText(/No row of this key has arrived/).first()).toBeVisible();

  await page.goto(`/features/${view}?tab=rows`);
  const arrivals = page.getByRole("table", { name: "Newest arrivals" }).getByRole("row");
  await expect(arrivals.nth(1).getByRole("cell").first()).toHaveText("7");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(new RegExp(`/features/${view}/edit$`));

  // A feature that is added is compatible; one that a service lists cannot be retyped.
  const projections = [{ view, features: ["trips"] }];
  await call("PUT", `/api/v1/feature-services/${unique("eta")}`, { projections });
  await page.goto(`/features/${view}/edit`);
  await page.getByRole("button", { name: "Add feature" }).click();
  await addFeature(page, "city", "string");
  await expect(page.getByText("adds city; earlier rows read null")).toBeVisible();
  await page.getByRole("button", { name: "Create version 2" }).click();
  await expect(page.getByText("v2, keyed by")).toBeVisible();

  await page.goto(`/features/${view}/edit`);
  await page.getByLabel("trips, type").selectOption("float64");
  await page.getByLabel("Expression (CEL)").fill("trips / hours");
  await expect(page.getByText("retypes trips from int64 to float64")).toBeVisible();
  await expect(page.getByText(/^feature service eta/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Force version 3" })).toBeDisabled();
  await page.getByLabel("Reason").fill("the service is retired");
  await expect(page.getByRole("button", { name: "Force version 3" })).toBeEnabled();

  await page.goto(`/features/${view}?tab=versions`);
  await expect(page.getByRole("row", { name: /v2/ })).toContainText("added city");
});
