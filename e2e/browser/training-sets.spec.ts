import { expect } from "@playwright/test";
import { newDatasetVersion } from "./accessibility-fixture.ts";
import { call, mlflow, newExperiment, newRun, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

const hour = (count: number) => new Date(Date.UTC(2026, 4, 2, count)).toISOString();

/** Two views, and rows whose label one feature gives away. */
async function newPayments() {
  const [card, merchant] = [unique("card"), unique("merchant")];
  for (const name of [card, merchant])
    await call("PUT", `/api/v1/feature-entities/${name}`, { joinKey: `${name}_id`, type: "int64" });
  const views = { activity: unique("card-activity"), profile: unique("merchant-profile") };
  const times = { eventTimeColumn: "event_timestamp", createdTimeColumn: "created" };
  for (const name of Object.values(views))
    await call("PUT", `/api/v1/feature-sources/${name}`, { kind: "push", ...times });
  const features = (name: string) => [{ name, type: "float64" }];
  await call("PUT", `/api/v1/feature-views/${views.activity}`, {
    entities: [card],
    source: views.activity,
    features: features("tries"),
  });
  await call("PUT", `/api/v1/feature-views/${views.profile}`, {
    entities: [merchant],
    source: views.profile,
    features: features("chargebacks"),
  });
  const ids = Array.from({ length: 60 }, (_, id) => id);
  const at = { event_timestamp: ids.map(() => hour(1)), created: ids.map(() => hour(1)) };
  await call("POST", "/api/v1/features/rows", {
    view: views.activity,
    columns: { [`${card}_id`]: ids, tries: ids.map((id) => (id * 7) % 5), ...at },
  });
  // The newest value of the first merchant was known only a day later.
  const profile = {
    [`${merchant}_id`]: [...ids, 0],
    chargebacks: [...ids.map((id) => (id % 2 ? 9 : 1)), 5],
    event_timestamp: [...at.event_timestamp, hour(2)],
    created: [...at.created, hour(26)],
  };
  await call("POST", "/api/v1/features/rows", { view: views.profile, columns: profile });
  const dataset = unique("payments");
  const rows = ids.map((id) => `${id},${id},${hour(4)},${id % 2},${hour(40)}`);
  await newDatasetVersion(dataset, [`${card}_id,${merchant}_id,event_timestamp,is_fraud,reported`, ...rows].join("\n"));
  return { views, dataset };
}

test("a user builds a training set from two views, gives a reason for a leak, and opens the dataset version", async ({
  page,
}) => {
  const { views, dataset } = await newPayments();
  const name = unique("card-fraud-train");
  await signIn(page, "/training-sets");
  await page.keyboard.press("t");
  await expect(page.getByRole("heading", { level: 1, name: "Create training set" })).toBeVisible();

  const choose = async (label: string, option: string | RegExp) => {
    await page.getByRole("combobox", { name: label, exact: true }).click();
    await page.getByRole("option", { name: option }).click();
  };
  await choose("Dataset", dataset);
  await choose("Version", /60\s+rows/);
  await choose("Label", "is_fraud");
  await choose("Label time", "reported");
  for (const view of Object.values(views))
    await page.getByRole("checkbox", { name: `All features of ${view}` }).check();

  // Starting from somewhere else leaves the stored draft as it is until the user decides.
  const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
  await expect.poll(stored).toContain(`${views.profile}@v1:chargebacks`);
  await page.goto(`/training-sets/new?view=${views.profile}`);
  await expect(page.getByText(/^Another draft/)).toBeVisible();
  await page.getByRole("button", { name: "Continue that draft" }).click();
  await expect(page.getByRole("combobox", { name: "Label", exact: true })).toHaveValue("is_fraud");

  // All rows are earlier than the test part. As a frozen set, the rows themselves fail the check.
  await page.getByText("By time", { exact: true }).click();
  await page.getByLabel("Test from").fill("2026-05-03");
  await expect(page.getByText(/train, to 2\s+May/)).toBeVisible();
  await choose("Frozen set", dataset);
  await choose("Version of the frozen set", /60\s+rows/);
  await expect(page.getByRole("listitem").filter({ hasText: "Rows of the frozen set" })).toContainText(/60\s+rows/);
  await page.getByRole("button", { name: `Remove ${dataset}` }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "No overlap with frozen sets" })).toBeVisible();

  // The proof follows each change: the join of a row, the first rows, and the check of all.
  const picture = page.getByRole("img", { name: /^Row of 2 May/ });
  await expect(picture).toHaveAccessibleName(new RegExp(`${views.profile}: joined .*1 arrived later`));
  await expect(page.getByRole("table", { name: "Preview" }).getByRole("row")).toHaveCount(5);
  const leaks = page.getByRole("listitem").filter({ hasText: "chargebacks predicts the label alone" });
  await expect(leaks).toContainText("AUC 1.000");
  await expect(page.getByText("1 feature leaks the label.")).toBeVisible();

  const nameField = page.getByRole("textbox", { name: "Name of the dataset" });
  await nameField.fill(`${name}/1`);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(leaks).toContainText("Give a reason, or change the request.");
  await page.getByRole("textbox", { name: /^Reason: chargebacks/ }).fill("charge-backs are known at the payment");
  await expect.poll(stored).toContain(`${name}/1`);
  await page.keyboard.press("ControlOrMeta+Enter");

  // After the refusal, the form's own draft is no other one, and changes are still saved.
  await expect(page.getByText("Dataset names cannot contain slashes").first()).toBeVisible();
  await nameField.fill(name);
  await expect.poll(stored).toContain(`\\"name\\":\\"${name}\\"`);
  await expect(page.getByText(/^Another draft/)).toBeHidden();
  await page.keyboard.press("ControlOrMeta+Enter");

  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText(/60\s+rows with 2\s+features/)).toBeVisible();
  await expect(page.getByText("train to 2026-05-03, test")).toBeVisible();
  const findings = page.getByRole("table", { name: "Leak check" });
  await expect(findings.getByRole("row", { name: /predicts the label/ })).toContainText("charge-backs are known");
  await page.getByRole("link", { name: "Open dataset version" }).click();
  await expect(page).toHaveURL(new RegExp(`/datasets/${name}\\?version=`));
  const origin = page.getByRole("table", { name: "Created by training sets" });
  await expect(origin).toContainText(views.profile);
  const digest = new URL(page.url()).searchParams.get("version") ?? "";
  await origin.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/training-sets\//);

  // A run that logs the version is found from the training set, and leads back to it.
  const set = page.url();
  await expect(page.getByText("Not used by any run yet")).toBeVisible();
  const runName = unique("train");
  const runId = await newRun(await newExperiment(unique("fraud")), { name: runName, status: "FINISHED" });
  const input = { name, digest, source_type: "code", source: "{}" };
  await mlflow("runs/log-inputs", { run_id: runId, datasets: [{ dataset: input, tags: [] }] });
  await page.reload();
  await page.getByRole("table", { name: "Used by" }).getByRole("link", { name: runName }).click();
  await page.getByRole("table", { name: "Datasets" }).getByRole("link", { name: "training set", exact: true }).click();
  await expect(page).toHaveURL(set);
});

test("a user materialises a view from a dataset, and reads why rows were rejected", async ({ page }) => {
  const [dataset, view] = [unique("merchants"), unique("merchant-daily")];
  const rows = Array.from({ length: 40 }, (_, id) => `${id === 7 ? -1 : id},${hour(id)}`);
  await newDatasetVersion(dataset, ["price,event_timestamp", ...rows].join("\n"));
  await signIn(page, "/features/sources");
  await page.getByRole("button", { name: "Create source…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Dataset", { exact: true }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(dataset);
  await dialog.getByRole("combobox", { name: "Dataset" }).click();
  await page.getByRole("option", { name: dataset }).click();
  await dialog.getByRole("button", { name: "Create source" }).click();
  await expect(page.getByRole("row", { name: new RegExp(dataset) })).toContainText("each new version");
  const features = [{ name: "price", type: "float64", rules: { min: 0 } }];
  await call("PUT", `/api/v1/feature-views/${view}`, { source: dataset, features });

  await page.goto(`/features/materialisations?view=${view}`);
  await page.keyboard.press("m");
  await dialog
    .getByRole("checkbox", { name: /Cancel the one in progress/ })
    .or(dialog.getByLabel("To"))
    .first()
    .waitFor();
  await dialog.getByRole("checkbox", { name: "From the first row" }).check();
  const restart = dialog.getByRole("checkbox", { name: /Cancel the one in progress/ });
  if (await restart.isVisible()) await restart.check();
  await dialog.getByRole("button", { name: "Materialise", exact: true }).click();
  await expect(page.getByText(/40\s+rows read: .* 1 rejected\./)).toBeVisible();
  const rejects = page.getByRole("table", { name: "Rejected rows" });
  await expect(rejects.getByRole("row", { name: /price/ })).toContainText("-1");
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Materialisations" }).click();
  await expect(page.getByRole("row", { name: new RegExp(view) }).first()).toContainText("Finished");
});

test("an admin reads why a connection to a database does not work, and what a source lacks", async ({ page }) => {
  await signIn(page, "/features/sources");
  await page.getByRole("button", { name: "Create connection…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill(unique("warehouse"));
  await dialog.getByLabel("URL", { exact: true }).fill("postgresql://reader:secret@127.0.0.1:1/shop");
  await dialog.getByRole("button", { name: "Create connection" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/is unavailable|not a public address/);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await page.getByRole("button", { name: "Create source…" }).click();
  await dialog.getByText("SQL", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create source" }).click();
  await expect(dialog.getByText("Choose a connection.")).toBeVisible();
  await expect(dialog.getByText("Enter a query.")).toBeVisible();
  await dialog.getByText("Predictions", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create source" }).click();
  await expect(dialog.getByText("Choose an endpoint.")).toBeVisible();
});
