import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { newExperiment, newRun, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Locates the names of the displayed runs, from top to bottom. */
function names(page: Page) {
  return page.getByRole("table", { name: "Runs" }).locator("tbody [data-lw-row-link]");
}

/** Opens a page of the console and waits until it receives events, and therefore handles keys and clicks. */
async function open(page: Page, address: string): Promise<void> {
  await signIn(page, address);
  await expect(page.getByText(/^Live/)).toBeVisible();
}

/** Creates six runs: two learning rates, three seeds each. */
async function sweep(): Promise<string> {
  const experiment = await newExperiment(unique("sweep"));
  for (const [lr, best] of [
    ["0.1", 0.8],
    ["0.01", 0.9],
  ] as const) {
    for (const seed of [1, 2, 3]) {
      await newRun(experiment, {
        name: `lr-${lr}-${seed}`,
        params: { lr, seed: String(seed), optimizer: seed === 3 ? "adam" : "sgd" },
        tags: { team: "depots" },
        metrics: { val_accuracy: [0.5, best + seed / 100], val_loss: [2, 1] },
        status: "FINISHED",
      });
    }
  }
  return experiment;
}

test("a user groups runs by a param, sees the mean over the seeds, and opens a group", async ({ page }) => {
  await open(page, `/experiments/${await sweep()}`);
  await page.getByRole("button", { name: "Group by" }).click();
  await page.getByRole("textbox", { name: "Find a parameter or tag" }).fill("lr");
  await page.getByRole("button", { name: /^lr/ }).click();
  const group = page.getByRole("row", { name: /^0\.01/ });
  await expect(group).toContainText("0.920 ± 0.025");
  await expect(names(page)).toHaveCount(0);
  await group.getByRole("button", { name: "0.01" }).click();
  await expect(names(page)).toHaveText([/lr-0.01-3/, /lr-0.01-2/, /lr-0.01-1/]);
  expect(await brokenRules(page)).toEqual([]);
  await page.reload();
  await expect(names(page)).toHaveCount(3);
  await group.getByRole("button", { name: "0.01" }).click();
  await expect(names(page)).toHaveCount(0);
});

test("a user selects a row while a filter loads, without cancelling it, and the URL keeps the selection", async ({
  page,
}) => {
  await open(page, `/experiments/${await sweep()}`);
  await page.getByRole("checkbox", { name: "Select lr-0.1-1" }).check();
  await expect(page).toHaveURL(/sel=/);
  const held = Promise.withResolvers<void>();
  await page.route(/[?&]q=.*_rsc=/, async (route) => {
    await held.promise;
    await route.continue();
  });
  const requested = page.waitForRequest(/[?&]q=.*_rsc=/);
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("params.lr = '0.01'");
  await filter.press("Enter");
  await requested;
  await page.getByRole("checkbox", { name: "Select lr-0.1-2" }).check();
  held.resolve();
  await expect(names(page)).toHaveText([/lr-0.01-3/, /lr-0.01-2/, /lr-0.01-1/]);
  await expect(page).toHaveURL(/q=params\.lr/);
  await page.getByRole("checkbox", { name: "Select lr-0.01-1" }).check();
  await expect(page).toHaveURL(/q=.*sel=/);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "Select lr-0.01-1" })).toBeChecked();
});

test("a user saves a view under a name, reopens it by URL, edits and deletes it", async ({ page }) => {
  const path = `/experiments/${await sweep()}`;
  await open(page, `${path}?q=${encodeURIComponent("params.lr = '0.1'")}&sort=params.seed&cols=status,params.seed`);
  await page.getByRole("button", { name: "Save view…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Large steps");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const tab = page.getByRole("link", { name: "Large steps" });
  await expect(tab).toHaveAttribute("aria-current", "page");
  await expect(page).toHaveURL(/\?view=[0-9a-f-]{36}$/);
  const address = page.url();

  await page.goto(path);
  await expect(names(page)).toHaveCount(6);
  await page.goto(address);
  await expect(names(page)).toHaveText([/lr-0.1-1/, /lr-0.1-2/, /lr-0.1-3/]);
  await expect(page.getByRole("columnheader")).toHaveText(["", "Run", "Status", "seed"]);

  await page.getByRole("combobox", { name: "Filter runs" }).fill("params.lr = '0.01'");
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveText([/lr-0.01-1/, /lr-0.01-2/, /lr-0.01-3/]);
  await expect(tab).toHaveAttribute("aria-current", "page");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("button", { name: "Save changes" })).toBeHidden();
  await page.goto(address);
  await expect(names(page)).toHaveText([/lr-0.01-1/, /lr-0.01-2/, /lr-0.01-3/]);

  await page.getByRole("button", { name: "Actions for the view Large steps" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(tab).toBeHidden();
  await expect(names(page)).toHaveCount(6);
});

test("a user tags all matching runs, deletes them with a reason, undoes it, and restores from the trash", async ({
  page,
}) => {
  const path = `/experiments/${await sweep()}`;
  await open(page, `${path}?q=${encodeURIComponent("params.lr = '0.1'")}&cols=status,tags.stage`);
  await page.getByRole("checkbox", { name: "Select lr-0.1-1" }).check();
  const bar = page.getByRole("toolbar", { name: "Selected rows" });
  await bar.getByRole("button", { name: "Select all 3" }).click();
  await expect(bar).toContainText(/3.runs selected/);
  await bar.getByRole("button", { name: "Tag…" }).click();
  await page.getByRole("textbox", { name: "Tag" }).fill("stage");
  await page.getByRole("textbox", { name: "Value" }).fill("rough");
  await page.getByRole("button", { name: /^Tag 3.runs$/ }).click();
  await expect(page.getByRole("cell", { name: "rough" })).toHaveCount(3);

  await bar.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Superseded" }).click();
  await page.getByRole("button", { name: /^Delete 3.runs/ }).click();
  await expect(page.getByText(/^0 of \d+ runs match$/)).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(/3.runs restored/)).toBeVisible();
  await expect(names(page)).toHaveCount(3);

  await page.getByRole("checkbox", { name: "Select lr-0.1-2" }).check();
  await bar.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Smoke test" }).click();
  await page.getByRole("button", { name: /^Delete 1.run/ }).click();
  await expect(names(page)).toHaveCount(2);
  await page.getByRole("link", { name: "Deleted" }).click();
  await expect(names(page)).toHaveText([/lr-0.1-2/]);
  await page.getByRole("checkbox", { name: "Select lr-0.1-2" }).check();
  await bar.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("No deleted runs")).toBeVisible();
  await page.getByRole("link", { name: /^All runs/ }).click();
  await expect(names(page)).toHaveCount(6);
});

test("a user exports the matching runs in order, with the shown columns", async ({ page }) => {
  const path = `/experiments/${await sweep()}`;
  const query = `q=${encodeURIComponent("params.optimizer = 'sgd'")}&sort=-metrics.val_accuracy&cols=params.lr,metrics.val_accuracy`;
  await open(page, `${path}?${query}`);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV", exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^sweep-.*-runs\.csv$/);
  const [head, ...rows] = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(head).toBe("run_id,run_name,params.lr,metrics.val_accuracy");
  expect(rows.map((row) => row.slice(33))).toEqual([
    "lr-0.01-2,0.01,0.92",
    "lr-0.01-1,0.01,0.91",
    "lr-0.1-2,0.1,0.8200000000000001",
    "lr-0.1-1,0.1,0.81",
  ]);
  await page.getByRole("button", { name: "Export" }).click();
  const other = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Parquet", exact: true }).click();
  expect(
    readFileSync(await (await other).path())
      .subarray(0, 4)
      .toString(),
  ).toBe("PAR1");
});

test("a user completes fields, operators and values of a filter, and extends it from a table cell", async ({
  page,
}) => {
  await open(page, `/experiments/${await sweep()}`);
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  const offered = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await filter.pressSequentially("optim");
  await expect(offered).toHaveText([/params\.optimizer/]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(filter).toHaveValue("params.optimizer ");
  await offered.filter({ hasText: /^=/ }).first().click();
  await expect(filter).toHaveValue("params.optimizer = ");
  await expect(offered).toHaveText([/sgd/, /adam/]);
  await offered.nth(1).click();
  await expect(filter).toHaveValue("params.optimizer = 'adam' ");
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveText([/lr-0.01-3/, /lr-0.1-3/]);

  await page
    .getByRole("row", { name: /lr-0.01-3/ })
    .getByRole("button", { name: "0.01", exact: true })
    .click();
  await page.getByRole("menuitem", { name: "Exclude this value" }).click();
  await expect(names(page)).toHaveText([/lr-0.1-3/]);
  await expect(filter).toHaveValue("params.optimizer = 'adam' AND NOT params.lr = '0.01'");
});

test("a user finds columns on the server, moves them by keyboard and pins them, and the URL keeps it", async ({
  page,
}) => {
  await open(page, `/experiments/${await sweep()}?cols=status,params.lr`);
  const heads = page.getByRole("columnheader");
  await page.keyboard.press("v");
  await page.getByRole("textbox", { name: "Find a column" }).fill("optim");
  await page.getByRole("checkbox", { name: /^optimizer/ }).check();
  await expect(heads).toHaveText(["", "Run", "Status", "lr", "optimizer"]);
  await page.getByRole("textbox", { name: "Find a column" }).fill("");
  await page.getByRole("checkbox", { name: /^optimizer param/ }).press("Alt+ArrowUp");
  await expect(heads).toHaveText(["", "Run", "Status", "optimizer", "lr"]);
  await page.getByRole("button", { name: "Pin lr" }).click();
  await expect(heads).toHaveText(["", "Run", "lr", "Status", "optimizer"]);
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(heads).toHaveText(["", "Run", "lr", "Status", "optimizer"]);
});
