import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

/** Creates an endpoint that serves the second version of the digits, and a third version ready for a rollout. */
async function createFixture(): Promise<string> {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newVersion(name, "digits/models/digits-v3.onnx");
  await newEndpoint(name, name, 1);
  return name;
}

/** Sends real digits, one after the other, until it is disposed. */
function traffic(endpoint: string): AsyncDisposable {
  const samples = digits(50);
  let going = true;
  async function send() {
    for (let count = 0; going; count += 1) {
      await run(endpoint, { inputs: [image(samples[count % samples.length]?.pixels ?? [])] });
    }
  }
  const senders = Promise.all([send(), send()]);
  return {
    async [Symbol.asyncDispose]() {
      going = false;
      await senders;
    },
  };
}

test("a user starts a rollout from the endpoint page, and it advances while requests show no regression", async ({
  page,
}) => {
  const name = await createFixture();
  await using _requests = traffic(name);
  await signIn(page, `/endpoints/${name}`);
  await page.getByRole("link", { name: "Start a rollout…" }).click();
  await expect(page.getByRole("heading", { name: "Start a rollout", level: 1 })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Endpoint" })).toHaveValue(name);
  await expect(page.getByRole("radio", { name: `${name} v2` })).toBeChecked();
  const plans = page.getByRole("table", { name: "Plans" });
  await plans.getByRole("radio", { name: "Fast" }).check();
  await expect(page).toHaveURL(/version=2&plan=fast/);
  await expect(plans.getByText("at most 10%")).toBeVisible();
  await expect(page.getByRole("list", { name: "Review" })).toContainText("A regression rolls back to v1 automatically");

  // Without a reason nothing starts.
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Describe the change.")).toBeVisible();

  // A validation error is shown at its field, and nothing starts.
  await plans.getByRole("radio", { name: "Standard" }).check();
  await page.getByRole("button", { name: "Custom plan…" }).click();
  const steps = page.getByRole("table", { name: "Steps" });
  await steps.getByLabel("Share of step 2", { exact: true }).fill("5");
  await expect(page.getByText("Each step must have a higher share than the previous one.")).toBeVisible();
  await steps.getByLabel("Share of step 2", { exact: true }).fill("50");
  await steps.getByRole("button", { name: "Remove step 3" }).click();
  for (const step of [1, 2]) {
    await steps.getByLabel(`Minimum duration of step ${step}`).fill("0.05");
    await steps.getByLabel(`Maximum duration of step ${step}`).fill("0.1");
    await steps.getByLabel(`Sample size per arm of step ${step}`).fill("5");
  }
  await page.getByLabel("Advance to the next step").selectOption("no-harm-found");
  await page.getByLabel("Monitor after promotion for").fill("0");
  for (const guardrail of ["Slow responses", "Output distribution"]) {
    await page.getByRole("button", { name: `Remove ${guardrail}` }).click();
  }
  await expect(
    page.getByRole("button", { name: /^Advanced differs from the default: steps, guardrails/ }),
  ).toBeVisible();
  await page.getByLabel("What changed in v2?").fill("A better third layer");
  await page.keyboard.press("Control+Enter");

  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByRole("table", { name: "Guardrails" })).toBeVisible();
  await expect(page.getByText("Promoted", { exact: true })).toBeVisible();
  const log = page.locator("#log");
  await expect(log.getByText(/A better third layer/)).toBeVisible();
  await log.getByLabel("Note").fill("Watched by a journey");
  await log.getByRole("button", { name: "Add note" }).click();
  await expect(log.getByText("“Watched by a journey”")).toBeVisible();
  const { body } = await run(name, { inputs: [image(digits(1)[0]?.pixels ?? [])] });
  expect(body.model_version).toBe("2");
});

test("a user pauses and rolls back a rollout by keyboard, with reasons, and reopens its evidence by URL", async ({
  page,
}) => {
  const name = await createFixture();
  await using _requests = traffic(name);
  const plan = {
    steps: [{ weight: 0.5, minSeconds: 600, maxSeconds: 3600 }],
    guardrails: [{ metric: "errors", requiresVerdict: true }, { metric: "client-errors" }],
  };
  const input = { endpoint: name, version: 2, plan, reason: "To be taken back" };
  const { id } = await call<{ id: string }>("POST", "/api/v1/rollouts", input);
  await signIn(page, "/rollouts");
  await page
    .getByRole("row", { name: new RegExp(name) })
    .getByRole("link")
    .first()
    .click();
  await expect(page.getByText(/Canary at 50%/).first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" }).getByText("in progress").first()).toBeAttached();

  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Lunch");
  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/Paused at 50%/).first()).toBeVisible();

  await page.keyboard.press("r");
  await dialog.getByRole("button", { name: "Incorrect predictions" }).click();
  await dialog.getByRole("button", { name: "Roll back to v1" }).click();
  await expect(page.getByText(/Rolled back to v1/).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Impact" })).toBeVisible();
  await expect(page.getByRole("link", { name: "v1 and v2 compared" })).toBeVisible();
  await expect(page.locator("#log").getByText(/Lunch/)).toBeVisible();
  await page.goto(`/rollouts/${id}`);
  await expect(page.getByText("Rolled back", { exact: true })).toBeVisible();
  const { body } = await run(name, { inputs: [image(digits(1)[0]?.pixels ?? [])] });
  expect(body.model_version).toBe("1");

  // The rollback blocked the version: it can be started again only by choosing it anyway, with a reason.
  await page.getByRole("link", { name: "Try again…" }).click();
  const start = page.getByRole("button", { name: "Start v2 at 5%" });
  await expect(start).toBeDisabled();
  const versions = page.getByRole("table", { name: "Versions" });
  await expect(versions).toContainText("Blocked: rolled back here");
  await expect(versions).toContainText("Incorrect predictions");
  await page.getByRole("button", { name: "Choose anyway…" }).click();
  await dialog.getByLabel("Reason").fill("The weights were fixed");
  await dialog.getByRole("button", { name: "Choose anyway" }).click();
  await expect(start).toBeEnabled();
  await expect(page.getByRole("list", { name: "Review" })).toContainText("Chosen anyway: The weights were fixed");
});
