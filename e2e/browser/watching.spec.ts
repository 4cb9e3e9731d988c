import { expect, type Page } from "@playwright/test";
import { dayMs } from "#server/base/durations.ts";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { altered, newWatched, request, sendLabels, trainingFile, winterFlights } from "./monitoring-fixture.ts";
import { newVersion } from "./serving-fixture.ts";

const flights = 240;
const labelled = 90;

test("a user uploads a reference, and sees changed inputs, the changed unit and realised quality", async ({ page }) => {
  const [model, usual, moved] = [unique("flight-delay"), unique("flights-usual"), unique("flights-moved")];
  await newVersion(model, "flight-delay/models/flight-delay-v2.onnx");
  await makeReference(page, model);

  await newWatched(usual, model);
  await newWatched(moved, model);
  // Labels that come within seconds make an hour complete as soon as it is over, whichever minute this starts in.
  await call("PUT", `/api/v1/endpoints/${usual}/monitor`, {
    settings: { maturityMs: dayMs },
    reason: "Flights are labelled the day after",
  });
  const samples = await winterFlights(flights);
  const shifted = { departure_delay: (minutes: number) => minutes + 25, distance: (miles: number) => miles * 1.609344 };
  await request(usual, samples);
  await request(moved, altered(samples, shifted));
  await sendLabels(usual, samples.slice(0, labelled));

  await untilShown(page, `/endpoints/${usual}/drift?range=24h`, /All \d+ features match the reference/);
  await expect(page.getByText("No drift", { exact: true }).first()).toBeVisible();
  await evaluateDrift(page, moved);
  await page
    .getByRole("navigation", { name: `Sections of ${moved}` })
    .getByRole("link", { name: /^Data/ })
    .click();
  const rows = page.getByRole("table", { name: "Features", exact: true }).getByRole("row");
  await expect(rows.filter({ hasText: "distance" })).toContainText("1.609 times its previous value");
  await expect(rows.filter({ hasText: "distance" })).toContainText("as if the unit changed from miles to kilometres");

  await untilShown(page, `/endpoints/${usual}/quality`, `${labelled} of ${flights} logged predictions`);
  await expect(page.getByText(`${flights - labelled} pending`)).toBeVisible();
  // Until labels are complete there is only the estimate.
  const chart = page.getByRole("figure", { name: "Accuracy: estimated and realised" });
  await expect(chart).toContainText("labels pending");
  await expect(page.getByText(/^Estimated accuracy \d+\.?\d*%/)).toBeVisible();
});

/** Creates a reference with the browser only: uploads rows on the page of the version's reference, and selects them there. */
async function makeReference(page: Page, model: string): Promise<void> {
  const dataset = unique("flights-of-winter");
  await signIn(page, `/models/${model}/v1`);
  await page.getByRole("link", { name: "Create reference" }).click();
  await expect(page.getByRole("heading", { name: `Reference of ${model} v1`, level: 1 })).toBeVisible();
  await expect(page.getByText("Drift is not monitored for this version")).toBeVisible();
  await page.getByRole("button", { name: "Upload data…" }).click();
  await page.getByLabel("Dataset", { exact: true }).fill(dataset);
  const file = { name: "winter.csv", mimeType: "text/csv", buffer: await trainingFile() };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: dataset })).toBeVisible();

  await page.goto(`/models/${model}/v1/reference`);
  await page.getByRole("button", { name: "Create reference…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Rows", exact: true }).click();
  await page.getByRole("option", { name: new RegExp(dataset) }).click();
  await dialog.getByRole("combobox", { name: "Label column" }).click();
  await page.getByRole("option", { name: "delayed", exact: true }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("What the version learned from");
  await dialog.getByRole("button", { name: "Create reference" }).click();
  await expect(page.getByRole("table", { name: "References" })).toContainText("In effect");
  await expect(page.getByText(/accuracy \d\d\.\d%/)).toBeVisible();
}

/** Checks that drifting features are listed and reachable by keys, and marks one of them as expected. */
async function evaluateDrift(page: Page, endpoint: string): Promise<void> {
  await untilShown(page, `/endpoints/${endpoint}/drift?range=24h`, /shows? significant drift/);
  const verdict = page.getByRole("region", { name: "Summary" });
  await expect(verdict).toContainText("departure_delay: Median rose from");
  const rows = page.getByRole("table", { name: "Features by drift" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("departure_delay");
  const names = await rows.getByRole("code").allTextContents();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`feature=${names[1]}(&|$)`));
  await expect(page.getByRole("heading", { name: names[1], level: 2 })).toBeVisible();
  await page.keyboard.press("k");
  await expect(page.getByRole("heading", { name: "departure_delay", level: 2 })).toBeVisible();

  await page.getByRole("button", { name: "Mark as expected…" }).click();
  const dialog = page.getByRole("dialog", { name: `Expect drift of departure_delay on ${endpoint}?` });
  await dialog.getByRole("button", { name: "Mark as expected" }).click();
  await expect(dialog.getByText(/Give a (short )?reason/)).toBeVisible();
  await dialog.getByRole("button", { name: "A season" }).click();
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  const marks = page.getByRole("table", { name: "Expected drift" });
  await expect(marks.getByRole("row", { name: /departure_delay/ })).toContainText("A season");
  await expect(rows.filter({ hasText: "departure_delay" })).toContainText("Expected");
}

/** Opens a page again until it shows something: gateways report a minute when it is over, and labels are counted each minute. */
async function untilShown(page: Page, address: string, words: string | RegExp): Promise<void> {
  await expect(async () => {
    await page.goto(address);
    await expect(page.getByText(words).first()).toBeVisible({ timeout: 2000 });
  }).toPass();
}
