import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { mlflow, newExperiment, newRun, putArtifact, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

interface Sweep {
  experiment: string;
  /** Ids of the first two of five runs. */
  ids: string[];
  address: string;
}

/** Creates five runs of a sweep; the first two are compared. */
async function sweep(): Promise<Sweep> {
  const experiment = await newExperiment(unique("sweep"));
  const fixtures = [
    { name: "slow-tide", accuracy: 0.7, lr: "0.001", net: "mlp" },
    { name: "even-keel", accuracy: 0.95, lr: "0.01", net: "cnn" },
    { name: "hard-alee", accuracy: 0.5, lr: "0.1", net: "mlp" },
    { name: "long-reach", accuracy: 0.92, lr: "0.02", net: "cnn" },
    { name: "low-water", accuracy: "NaN" as const, lr: "1", net: "cnn" },
  ];
  const ids: string[] = [];
  for (const { name, accuracy, lr, net } of fixtures) {
    const metrics = { val_accuracy: [0.1, accuracy] };
    ids.push(await newRun(experiment, { name, params: { lr, net, epochs: "2" }, metrics, status: "FINISHED" }));
  }
  const compared = ids.slice(0, 2);
  return { experiment, ids: compared, address: `/experiments/compare?runs=${compared.join(",")}` };
}

/** Locates the names in the list below the axes. */
function listed(page: Page) {
  return page.getByRole("table", { name: "Selected runs" }).locator("tbody [data-lw-row-link]");
}

test("a user narrows the run list with a brush, also by keyboard, and the URL keeps it", async ({ page }) => {
  const { address } = await sweep();
  await signIn(page, address);
  await expect(listed(page)).toHaveCount(5);
  const handle = page.getByRole("slider", { name: "Selected range on val_accuracy" }).locator("rect").last();
  await handle.scrollIntoViewIfNeeded();
  const index = await handle.boundingBox();
  if (!index) throw new Error("The axis has no place.");
  const middle = index.x + index.width / 2;
  await page.mouse.move(middle, index.y + 2);
  await page.mouse.down();
  await page.mouse.move(middle, index.y + index.height * 0.3, { steps: 5 });
  await page.mouse.up();
  await expect(listed(page)).toHaveText([/even-keel/, /long-reach/]);
  await expect(page).toHaveURL(/brush=metrics\.val_accuracy~/);
  await page.reload();
  await expect(listed(page)).toHaveText([/even-keel/, /long-reach/]);
  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(listed(page)).toHaveCount(5);
  await page.getByRole("slider", { name: "Selected range on net" }).press("ArrowDown");
  await expect(listed(page)).toHaveText([/slow-tide/, /hard-alee/]);
  await page.getByRole("slider", { name: "Selected range on net" }).press("Delete");
  await page.getByRole("button", { name: "Only NaN in val_accuracy" }).press("Enter");
  await expect(listed(page)).toHaveText([/low-water/]);
  expect(await brokenRules(page)).toEqual([]);
  await page.getByRole("link", { name: "add low-water to the comparison" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Compare 3.runs/ })).toBeVisible();
  await expect(page).toHaveURL(/brush=metrics\.val_accuracy~nan/);
});

test("a user changes the view while axes load, without cancelling the load, and the page updates", async ({ page }) => {
  const { address } = await sweep();
  await signIn(page, address);
  await page.getByRole("slider", { name: "Selected range on net" }).press("ArrowDown");
  await expect(listed(page)).toHaveText([/slow-tide/, /hard-alee/]);
  await expect(page).toHaveURL(/brush=/);
  const held = Promise.withResolvers<void>();
  await page.route(/[?&]axes=.*_rsc=/, async (route) => {
    await held.promise;
    await route.continue();
  });
  const requested = page.waitForRequest(/[?&]axes=.*_rsc=/);
  await page.getByTitle(/^net\. Drag to move/).press("Alt+ArrowRight");
  await requested;
  const all = page.getByRole("group", { name: "Rows" }).getByText("All", { exact: true });
  await all.click();
  await expect(page.getByRole("row", { name: /^epochs/ })).toBeVisible();
  held.resolve();
  await expect(page).toHaveURL(/axes=.*brush=|brush=.*axes=/);
  await expect(listed(page)).toHaveText([/slow-tide/, /hard-alee/]);
  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(listed(page)).toHaveCount(5);
  await page.reload();
  await expect(listed(page)).toHaveCount(5);
  await expect(page).toHaveURL(/axes=/);
});

test("a user chooses the axes of a scatter plot, kept in the URL, and reads its numbers as a table", async ({
  page,
}) => {
  const { address } = await sweep();
  await signIn(page, `${address}&tab=scatter`);
  await expect(page.getByRole("figure").filter({ hasText: "val_accuracy vs lr" })).toBeVisible();
  await page.getByRole("combobox", { name: "X axis" }).click();
  await page.getByRole("option", { name: "net" }).click();
  await expect(page).toHaveURL(/sx=params\.net/);
  const chart = page.getByRole("figure").filter({ hasText: "val_accuracy vs net" });
  await expect(chart).toContainText("1 run with a missing value is not shown");
  // The Tab key stops at the chart, and not at the layers inside.
  await expect(chart.locator('g[class^="recharts-zIndex-layer"]').first()).toBeAttached();
  await expect(chart.locator('g[class^="recharts-zIndex-layer"]:not([tabindex="-1"])')).toHaveCount(0);
  await chart.hover();
  await chart.getByRole("button", { name: "Table view" }).click();
  await expect(chart.getByRole("row", { name: /even-keel/ })).toContainText("0.95");
  expect(await brokenRules(page)).toEqual([]);
});

test("a user sees the largest differences first, including packages and code, and equal values on request", async ({
  page,
}) => {
  const { experiment, ids, address } = await sweep();
  for (const [index, id] of ids.entries()) {
    const text = `torch==2.${index}.0\nnumpy==1.26\n`;
    await putArtifact(experiment, id, "requirements.txt", Buffer.from(text));
    await mlflow("runs/set-tag", { run_id: id, key: "mlflow.source.git.commit", value: `${index}d02f1a1c3` });
  }
  await signIn(page, address);
  const table = page.getByRole("table", { name: "Differences" });
  await expect(table.getByRole("row", { name: /^torch/ })).toContainText("2.1.0");
  await expect(table.getByRole("row", { name: /^numpy/ })).toBeHidden();
  await expect(table.getByRole("row", { name: /^commit/ })).toContainText("1d02f1a1c3");
  const rows = await table.getByRole("rowheader").allTextContents();
  expect(rows.indexOf("lr")).toBeLessThan(rows.indexOf("net"));
  await page.getByRole("group", { name: "Rows" }).getByText("All", { exact: true }).click();
  await expect(table.getByRole("row", { name: /^numpy/ })).toBeVisible();
  await expect(page).toHaveURL(/all=1/);
});

test("a user compares the same file of several runs: images side by side, texts as diffs", async ({ page }) => {
  const { experiment, ids, address } = await sweep();
  const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  for (const [index, id] of ids.entries()) {
    await putArtifact(experiment, id, "plots/dot.png", Buffer.from(dot, "base64"));
    await putArtifact(experiment, id, "notes.txt", Buffer.from(`first line\nthe lr is 0.0${index}\n`));
  }
  await signIn(page, `${address}&tab=artifacts`);
  for (const name of ["slow-tide", "even-keel"])
    await expect(page.getByRole("img", { name: `plots/dot.png of ${name}` })).toBeVisible();
  await page.getByRole("link", { name: /notes.txt/ }).click();
  await expect(page).toHaveURL(/path=notes.txt/);
  await expect(page.getByText("removed: the lr is 0.00")).toBeAttached();
  await expect(page.getByText("added: the lr is 0.01")).toBeAttached();
  expect(await brokenRules(page)).toEqual([]);
});

test("a user writes a run note in Markdown, and its HTML is not rendered", async ({ page }) => {
  const experiment = await newExperiment(unique("noted"));
  const run = await newRun(experiment, { name: "calm-sound", status: "FINISHED" });
  await signIn(page, `/experiments/${experiment}/runs/${run}`);
  await page.getByRole("button", { name: "Add note" }).click();
  const note = "Tries a **wider** net.\n\n<b onclick=alert(1)>bold</b> and [a page](https://example.test)";
  await page.getByRole("textbox", { name: "Note in Markdown" }).fill(note);
  await page.getByRole("button", { name: "Save note" }).click();
  await expect(page.locator("strong", { hasText: "wider" })).toBeVisible();
  await expect(page.locator("b", { hasText: "bold" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "a page" })).toHaveAttribute("rel", /noopener/);
  await page.reload();
  await expect(page.locator("strong", { hasText: "wider" })).toBeVisible();
});

test("a user sees a NaN loss reported while the run page is open, and the end of a long log", async ({ page }) => {
  // The worker looks once a minute.
  const experiment = await newExperiment(unique("ill"));
  const run = await newRun(experiment, { name: "low-water", metrics: { train_loss: [2, 1, "NaN", "NaN"] } });
  await signIn(page, `/experiments/${experiment}/runs/${run}`);
  await expect(page.getByText(/at step 3/)).toBeVisible();
  const panel = page
    .getByRole("region")
    .or(page.locator("section"))
    .filter({ has: page.getByRole("heading", { name: "Health" }) });
  await expect(panel.getByText("train_loss has been NaN since step 2.")).toBeVisible();
  await expect(page.getByText(/so far\. train_loss has been NaN since step 2\.$/)).toBeVisible();
  const lines = Array.from({ length: 20_000 }, (_, step) => `step ${step} of the training`).join("\n");
  await putArtifact(experiment, run, "train.log", Buffer.from(lines));
  await page.goto(`/experiments/${experiment}/runs/${run}?tab=artifacts&path=train.log`);
  await expect(page.getByText("step 19999 of the training")).toBeInViewport();
  // The page is loaded once more when it starts to listen for events.
  await expect(page.getByText(/^Live/)).toBeVisible();
  await page.getByRole("link", { name: "Beginning" }).click();
  await expect(page).toHaveURL(/at=0$/);
  await expect(page.getByText("step 0 of the training")).toBeVisible();
});
