import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { newEndpoint, newVersion } from "./serving-fixture.ts";

/** Creates an endpoint with two deployments, the second a moment ago. */
async function createFixture(): Promise<string> {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newVersion(name, "digits/models/digits-v3.onnx");
  await newEndpoint(name, name, 1);
  const reason = "A journey's release";
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 2, reason });
  return name;
}

test("a user declares an incident, follows its runbook, resolves it, and the post-mortem names the deployment", async ({
  page,
}) => {
  const name = await createFixture();
  await signIn(page, "/incidents");
  await page.getByRole("button", { name: "Declare incident…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Declare", exact: true }).click();
  await expect(dialog.getByText("Describe what is happening")).toBeVisible();
  await dialog.getByLabel("Title").fill(`${name} rejects requests`);
  await dialog.getByLabel("Endpoint").selectOption(name);
  await dialog.getByLabel("Runbook").selectOption("Service outage");
  await dialog.getByRole("button", { name: "Declare", exact: true }).click();

  await expect(page.getByRole("heading", { name: `${name} rejects requests`, level: 1 })).toBeVisible();
  await expect(page.getByText("In triage", { exact: true })).toBeVisible();
  const log = page.locator("#timeline");
  const deploy = log.getByRole("listitem").filter({ hasText: `${name} version 2 deployed` });
  await expect(deploy.getByText("probable cause", { exact: true })).toBeVisible();
  await log.getByLabel("Add to the timeline").fill("Support sees it too");
  await log.getByLabel("Entry type").selectOption("customer");
  await log.getByRole("button", { name: "Add", exact: true }).click();
  await expect(log.getByText("Support sees it too")).toBeVisible();

  await page.getByRole("button", { name: "Confirm…" }).click();
  await page.getByRole("dialog").getByText("Confirmed").click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Confirm(?!ed)/ })
    .click();
  await expect(page.getByText("Active", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: /^Runbook/ }).click();
  const step = page.getByRole("checkbox", { name: /Set the incident severity/ });
  await step.check();
  await expect(page.getByText(/1 of \d+\s+steps/)).toBeVisible();

  await page.getByRole("link", { name: /^Actions \d/ }).click();
  await page.getByLabel("Action", { exact: true }).fill(`Hold releases of ${name}`);
  await page.getByLabel("Due").fill("2020-01-02");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Overdue", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Resolve…" }).click();
  await page.getByRole("dialog").getByText("Cause fixed").click();
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("Resolved", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Post-mortem" }).click();
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText(new RegExp(`Probable cause: ${name} version 2 deployed`)).first()).toBeVisible();
  await expect(preview.getByText(`Hold releases of ${name}`)).toBeVisible();
  const markdown = page.getByLabel("Markdown", { exact: true });
  await markdown.fill(`${await markdown.inputValue()}\nWe now roll out by steps.`);
  await page.getByRole("button", { name: "Save and complete" }).click();
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as Markdown" }).click();
  expect((await download).suggestedFilename()).toMatch(/^INC-\d+\.md$/);

  await page.getByRole("button", { name: "Close…" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Learnt");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("Closed", { exact: true })).toBeVisible();
  await page.goto("/incidents/actions");
  await expect(page.getByRole("row", { name: `Hold releases of ${name}` })).toBeVisible();
});

test("a user merges an incident into another one, and splits it off again", async ({ page }) => {
  const declare = (title: string) =>
    call<{ number: number; title: string }>("POST", "/api/v1/incidents", { title, severity: "SEV3" });
  const whole = await declare(unique("Store is down"));
  const part = await declare(unique("Exports fail"));
  await signIn(page, `/incidents/${part.number}`);
  await page.getByRole("button", { name: "Merge…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Same cause").click();
  await dialog.getByRole("combobox", { name: "Merge into" }).fill(whole.title);
  await page.getByRole("option", { name: whole.title }).click();
  await dialog.getByRole("button", { name: "Merge" }).click();
  await expect(page.getByText("Merged", { exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: `INC-${whole.number}`, exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: "Split off…" }).click();
  await page.getByRole("dialog").getByText("Another cause").click();
  await page.getByRole("dialog").getByRole("button", { name: "Split off" }).click();
  await expect(page.getByText("In triage", { exact: true })).toBeVisible();
});

test("a user writes a runbook with a preview, and sees invalid values reported at the field", async ({ page }) => {
  const name = unique("Night watch");
  await signIn(page, "/incidents/runbooks");
  await expect(page.getByRole("row", { name: /Bad canary/ })).toBeVisible();
  await page.getByRole("link", { name: "Create a runbook" }).click();
  // The role is needed because the table before it has the label "by name".
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  const body = page.getByLabel("Markdown", { exact: true });
  await body.fill("Look first.\n\n- [ ] Ask {{endpont}}");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Unknown variable {{endpont}}").last()).toBeVisible();
  await body.fill("Look first.\n\n- [ ] Ask {{endpoint}}");
  await expect(page.getByRole("region", { name: "Preview" }).getByText("Look first.")).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText(/1\s+step, revision 1/)).toBeVisible();
});
