import { expect, type Page } from "@playwright/test";
import {
  asPerson,
  call,
  leeway,
  mlflow,
  newExperiment,
  newPerson,
  newRun,
  type Person,
  signIn,
  signInByForm,
  unique,
} from "./fixture.ts";
import { test } from "./journey.ts";

/** Creates a model whose champion is v1: v2 is better, v3 much worse. The alias is protected and accuracy is a gate. */
async function newModel(): Promise<string> {
  const [model, experiment] = [unique("digits"), await newExperiment(unique("digits"))];
  await mlflow("registered-models/create", { name: model });
  for (const accuracy of [0.95, 0.97, 0.5]) {
    const metrics = { val_accuracy: [accuracy] };
    const run = await newRun(experiment, { name: `run-${accuracy}`, status: "FINISHED", metrics });
    await mlflow("model-versions/create", { name: model, source: `runs:/${run}/model`, run_id: run });
  }
  await mlflow("registered-models/alias", { name: model, alias: "champion", version: "1" });
  const metric = { kind: "metric", metric: "val_accuracy", bound: 0.9, scale: "proportion" };
  const policy = {
    protectedAliases: ["champion"],
    required: { items: ["owner"] },
    gates: [{ kind: "metadata" }, metric],
  };
  await call("PUT", `/api/v1/models/${model}/policy`, { policy, reason: "four eyes" });
  return model;
}

async function signInAs(page: Page, person: Person, address: string): Promise<void> {
  await page.goto(`/login?callbackUrl=${encodeURIComponent(address)}`);
  await signInByForm(page, person);
  await expect(page).not.toHaveURL(/\/login/);
}

test("a member requests a promotion, another user approves it, and the history keeps it", async ({ page, browser }) => {
  const model = await newModel();
  const reason = unique("Two points better on the north depots");
  const member = await newPerson("member");
  const theirs = await (await browser.newContext({ baseURL: leeway.url })).newPage();
  await signInAs(theirs, member, `/models/${model}/v2`);
  await theirs.getByRole("button", { name: "Request promotion…" }).click();
  const dialog = theirs.getByRole("dialog", { name: `Request champion for ${model} v2?` });
  await expect(dialog).toContainText("compared with v1, the current champion");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: /^Request champion/ }).click();
  await expect(dialog).toBeHidden();
  const promotion = theirs.locator("#promotion");
  await expect(promotion).toContainText("Awaiting approval");
  await expect(promotion.getByRole("button", { name: "Approve…" })).toBeDisabled();
  await expect(promotion).toContainText("someone else must approve it");
  await expect(theirs.getByRole("list", { name: "Gates for v2" })).toContainText("97.0%: at least 90.0%");

  await signIn(page, "/models");
  await expect(page.getByRole("link", { name: /^Models ?\d+ waiting for you/ })).toBeVisible();
  const waiting = page.getByRole("listitem").filter({ hasText: reason });
  await waiting.getByRole("button", { name: "Approve…" }).click();
  const decision = page.getByRole("dialog", { name: `Point champion to ${model} v2?` });
  await expect(decision).toContainText("2 of 2 gates passed");
  await expect(decision).toContainText("champion moves from v1 to v2");
  await decision.getByLabel("Reason").fill("looks right");
  await page.keyboard.press("Control+Enter");
  await expect(decision).toBeHidden();
  await expect(waiting).toBeHidden();

  await page.goto(`/models/${model}?view=aliases`);
  const history = page.getByRole("list", { name: "Alias history" });
  await expect(history.getByRole("listitem").first()).toContainText(
    `champion moved from v1 to v2, via an approved request: “${reason}”`,
  );
  await page.getByLabel("At", { exact: true }).fill("2020-05-04T03:12:00");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByRole("status").filter({ hasText: "champion" })).toContainText("had not been set yet");
  await expect(theirs.getByText(/^Approved by/)).toBeVisible();
});

test("a user waives a failed gate that blocks a request, with a reason and an expiry", async ({ page }) => {
  const model = await newModel();
  const input = { version: 3, alias: "champion", reason: "for the pilot in the north" };
  await asPerson(await newPerson("member"), "POST", `/api/v1/models/${model}/promotions`, input);
  await signIn(page, `/models/${model}/v3`);
  const promotion = page.locator("#promotion");
  await expect(promotion).toContainText("Blocked by val_accuracy");
  await expect(promotion.getByRole("button", { name: "Approve…" })).toBeDisabled();
  await page.getByRole("button", { name: "Waive val_accuracy…" }).click();
  const dialog = page.getByRole("dialog", { name: `Waive val_accuracy for ${model} v3?` });
  await expect(dialog).toContainText("50.0%: at least 90.0%");
  await dialog.getByLabel("Reason").fill("Only three depots, watched by hand");
  await dialog.getByRole("button", { name: /^Waive gate/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("list", { name: "Gates for v3" })).toContainText("Only three depots, watched by hand");
  await expect(promotion).toContainText("Awaiting approval");
  await promotion.getByRole("button", { name: "Reject…" }).click();
  const rejection = page.getByRole("dialog", { name: `Reject ${model} v3 as champion?` });
  await rejection.getByLabel("Reason").fill("Wait for the new camera");
  await rejection.getByRole("button", { name: /^Reject request/ }).click();
  await expect(promotion).toContainText("Wait for the new camera");
  await page.goto("/audit");
  await expect(page.getByText("Only three depots, watched by hand")).toBeVisible();
});

test("a user edits a policy with a reason, and compares two versions", async ({ page }) => {
  const model = await newModel();
  await signIn(page, `/models/${model}?view=policy`);
  await page.getByRole("button", { name: "Edit…", exact: true }).click();
  const form = page.getByRole("dialog", { name: `Policy of ${model}` });
  await form.getByRole("checkbox", { name: "Licence" }).check();
  await form.getByRole("button", { name: "Save policy" }).click();
  await expect(form.getByRole("alert")).toContainText("Give a reason");
  await form.getByLabel("Reason").fill("The lawyers ask for it");
  await form.getByRole("button", { name: "Save policy" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("main")).toContainText("Owner, Licence");
  await expect(page.getByRole("main")).toContainText("The lawyers ask for it");
  await page.goto(`/models/${model}/v2`);
  const metadata = page.getByRole("list", { name: "Required metadata" });
  await expect(metadata).toContainText('Add a "licence" tag to the model or the version');
  await page.getByLabel("New tag key").fill("licence");
  await page.getByLabel("New tag value").fill("CC BY 4.0");
  await page.getByRole("button", { name: "Add tag" }).click();
  await expect(metadata.getByRole("listitem").filter({ hasText: "Licence" })).toContainText("CC BY 4.0");
  await page.getByRole("link", { name: "Compare with v1" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1 and v2` })).toBeVisible();
  await expect(page.getByRole("row", { name: /^val_accuracy/ })).toContainText("+0.02");
});
