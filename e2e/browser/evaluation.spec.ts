import { expect, type Page } from "@playwright/test";
import { newDatasetVersion } from "./accessibility-fixture.ts";
import { asPerson, call, newPerson, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { trainingFile } from "./monitoring-fixture.ts";
import { digits, newVersion } from "./serving-fixture.ts";

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: field, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

test("a user freezes a set, evaluates two versions on it, and finds the rows that changed", async ({ page }) => {
  const [model, dataset, set] = [unique("flights"), unique("flights-audit"), unique("audit")];
  await newVersion(model, "flight-delay/models/flight-delay-v1.onnx");
  await newVersion(model, "flight-delay/models/flight-delay-v2.onnx");
  await newDatasetVersion(dataset, (await trainingFile()).toString());

  await signIn(page, `/models/${model}/v2`);
  await page.getByRole("link", { name: "Evaluate", exact: true }).first().click();
  await page.getByRole("button", { name: /^Set: / }).click();
  await page.getByRole("menuitem", { name: "All sets, freeze a set…" }).click();
  await page.getByRole("button", { name: "Freeze set…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(set);
  await dialog.getByRole("combobox", { name: "Rows", exact: true }).click();
  await page.getByRole("option", { name: new RegExp(dataset) }).click();
  await choose(page, "Label column", "delayed");
  await choose(page, "Segments by column", "carrier");
  await choose(page, "Groups", "carrier");
  await dialog.getByLabel("Segments by condition").fill("late departure: departure_delay > 15");
  await dialog.getByLabel("Excluded rows").fill("rows 1, 2: recorded twice");
  await dialog.getByRole("button", { name: "Freeze set", exact: true }).click();

  // The set is read by the worker; the page shows when it is ready.
  await expect(page.getByText("v2 has not been evaluated on this set", { exact: true })).toBeVisible();
  await expect(page.getByText(/2,998\s+rows\. The duration is unknown/)).toBeVisible();
  await page.getByRole("button", { name: "Run evaluation" }).click();
  await expect(page.getByText(/^v2 is correct on \d+\.\d% of rows/)).toBeVisible();
  await expect(page.getByText("v1 has not been evaluated on this set.")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const verdict = /Better than v1|Worse than v1|Inconclusive/;
  await expect(page.getByText(verdict).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Confusion, scrolls horizontally" })).toContainText("predicted");
  await expect(page.getByRole("table", { name: "Segments" })).toContainText("v2 − v1");

  await page.keyboard.press("2");
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1 vs v2` })).toBeVisible();
  const metrics = page.getByRole("table", { name: "Metrics" });
  await expect(metrics.getByRole("row", { name: /Accuracy/ }).first()).toContainText("pp");
  const gained = page.getByRole("link", { name: /only v2/ });
  const count = Number(/\d+/.exec((await gained.textContent())?.replace(",", "") ?? "")?.[0]);
  expect(count).toBeGreaterThan(0);
  await gained.click();
  await expect(page).toHaveURL(/\/evaluation\/rows\?.*only=gained/);
  const changed = page.getByRole("table", { name: "Changed rows" });
  await expect(changed.getByRole("row")).toHaveCount(Math.min(100, count) + 1);
  // v1 was incorrect and v2 is correct.
  await expect(changed.getByRole("row").nth(1)).toContainText(/, incorrect.*, correct/);

  await page.keyboard.press("3");
  const segment = page.getByRole("table", { name: "Segments" }).getByRole("link", { name: "late departure" });
  await segment.click();
  await expect(page).toHaveURL(/segment=late(%20|\+)departure/);
  await page.getByRole("link", { name: "Incorrect", exact: true }).click();
  const rows = page.getByRole("table", { name: "Rows" });
  await expect(rows.getByRole("row").nth(1)).toContainText("Incorrect");
  await expect(rows).not.toContainText("Correct");

  await page.keyboard.press("5");
  await page.getByRole("button", { name: "Measure robustness" }).click();
  await expect(page.getByText(/^v2 retains \d+\.\d% of its accuracy under corruption\.$/)).toBeVisible();
  const cell = page.getByRole("link", { name: /^Missing cells, severity 5: / });
  await cell.click();
  await expect(page).toHaveURL(/kind=missing-cells&severity=5/);
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("link", { name: /^Missing cells, severity 4: / })).toBeFocused();

  await page.keyboard.press("6");
  await expect(page.getByRole("heading", { name: "By carrier" })).toBeVisible();
  await expect(page.getByText(/^Gap .+expected by chance/)).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Model card" }).click();
  expect((await download).suggestedFilename()).toBe(`${model}-v2.md`);
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1` })).toBeVisible();
  await page.goto(`/models/${model}/v1`);
  await expect(page.getByRole("table", { name: "Evaluations" })).toContainText(set);
});

/** Creates a label project whose random audit, real digits, two people have labelled. They disagree about the first. @returns what it is */
async function newLabelledDigits(name: string): Promise<string> {
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    shown: [{ name: "picture", kind: "image", field: "picture" }],
    question: "Which digit is this?",
    settings: { minAnswers: 2, maxAnswers: 2, goldShare: 0, overlapShare: 0 },
  });
  const items = digits(120);
  const say = (name: string, label: string) => ({ person: name, name, value: { kind: "class", label } });
  const tasks = items.map(({ label, pixels }, at) => ({
    item: `digit-${at}`,
    source: "audit",
    // What people see, and what the model reads.
    data: { picture: Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8)), image: pixels },
    answers: [say("Mei Tanaka", label), say("Jan Novak", at === 0 ? String((Number(label) + 1) % 10) : label)],
  }));
  await call("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  return items[0]?.label ?? "";
}

test("labels of people become a frozen set, and a gate on it lets only the better version through", async ({
  page,
}) => {
  const [model, labels] = [unique("digits"), unique("read-digits")];
  await newVersion(model, "digits/models/digits-v5.onnx");
  await newVersion(model, "digits/models/digits-v2.onnx");
  const first = await newLabelledDigits(labels);

  // A reviewer keeps what the first person said. Some settled ones are drawn for review as well.
  await signIn(page, `/labels/${labels}/review`);
  await page
    .getByRole("list", { name: "To review" })
    .getByRole("button", { name: /disagreement/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: / or / })).toBeVisible();
  await page.keyboard.press("a");
  await page.keyboard.type("The loop is closed.");
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Settled as ${first}. A: Mei Tanaka, B: Jan Novak.`)).toBeVisible();

  // The labels of the audit become a frozen set.
  await page.goto(`/labels/${labels}`);
  await page.getByRole("button", { name: "Create dataset…" }).click();
  const dialog = page.getByRole("dialog", { name: "Create dataset" });
  await dialog.getByLabel("Dataset").fill(labels);
  await dialog.getByRole("radio", { name: "Evaluation set" }).check();
  await dialog.getByRole("button", { name: "Freeze set" }).click();
  const made = page.getByRole("table", { name: "Datasets of labels" }).getByRole("row", { name: labels });
  await expect(made).toContainText(/evaluation set.*Done.*120/);

  // A user evaluates both versions on it.
  await page.goto(`/models/${model}/v2/evaluation`);
  await expect(page.getByRole("button", { name: `Set: ${labels}` })).toBeVisible();
  await page.getByRole("button", { name: "Run evaluation" }).click();
  await expect(page.getByText(/^v2 is correct on 9\d\.\d% of rows/)).toBeVisible();
  await expect(page.getByText("v1 has not been evaluated on this set.")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("Better than v1", { exact: true })).toBeVisible();

  // Both are compared on the same rows.
  await page.keyboard.press("2");
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1 vs v2` })).toBeVisible();
  const accuracy = page.getByRole("table", { name: "Metrics" }).getByRole("row", { name: /^Accuracy/ });
  await expect(accuracy).toContainText("Better");
  const shown = (await accuracy.getByRole("cell").allTextContents()).flatMap((text) => /^\d+\.\d%$/.exec(text) ?? []);
  expect(shown).toHaveLength(2);
  const [ofFirst = "", ofSecond = ""] = shown;

  // The policy asks for 90% on the set, so a request for v1 is blocked and one for v2 is not.
  const { sets } = await call<{ sets: { name: string; digest: string }[] }>("GET", "/api/v1/evaluation-sets");
  const set = sets.find(({ name }) => name === labels);
  const gate = { kind: "evaluation", set, metric: "accuracy", bound: 0.9, decisionBasis: "point" };
  const policy = { protectedAliases: ["champion"], gates: [gate] };
  await call("PUT", `/api/v1/models/${model}/policy`, { policy, reason: "People labelled them." });
  const member = await newPerson("member");
  for (const version of [1, 2]) {
    const request = { version, alias: "champion", reason: `v${version} reads digits` };
    await asPerson(member, "POST", `/api/v1/models/${model}/promotions`, request);
  }
  const promotion = page.locator("#promotion");
  await page.goto(`/models/${model}/v1`);
  await expect(promotion).toContainText(/Blocked by .*accuracy/i);
  await expect(promotion.getByRole("button", { name: "Approve…" })).toBeDisabled();
  const gates = (version: number) => page.getByRole("list", { name: `Gates for v${version}` }).getByRole("listitem");
  await expect(gates(1)).toContainText(`${ofFirst}: at least 90.0%`);
  await expect(gates(1)).toContainText("Failed");

  await page.goto(`/models/${model}/v2`);
  await expect(gates(2)).toContainText(`${ofSecond}: at least 90.0%`);
  await expect(gates(2)).toContainText("Passed");
  await promotion.getByRole("button", { name: "Approve…" }).click();
  const decision = page.getByRole("dialog", { name: `Point champion to ${model} v2?` });
  await expect(decision).toContainText("1 of 1 gates passed");
  await decision.getByLabel("Reason").fill("reads what people read");
  await page.keyboard.press("Control+Enter");
  await expect(promotion).toContainText(/Approved by/);
});

test("a user requires a metric of an evaluation by keyboard, and the gate shows what it allows", async ({ page }) => {
  const [model, dataset, set] = [unique("gated"), unique("gated-rows"), unique("gate-audit")];
  for (const version of [1, 2]) await newVersion(model, `flight-delay/models/flight-delay-v${version}.onnx`);
  const digest = await newDatasetVersion(dataset, (await trainingFile()).toString());
  await call("PUT", `/api/v1/models/${model}/aliases/champion`, { version: 1, reason: "journey" });
  const definition = {
    dataset: { name: dataset, digest },
    task: { kind: "classification", label: "delayed" },
    segments: [{ column: "origin" }],
  };
  const { id } = await call<{ id: string }>("POST", "/api/v1/evaluation-sets", { name: set, definition });
  const state = async () => (await call<{ state: string }>("GET", `/api/v1/evaluation-sets/${id}`)).state;
  await expect.poll(state).toBe("ready");

  await signIn(page, `/models/${model}?view=policy`);
  const form = page.getByRole("dialog", { name: `Policy of ${model}` });
  await page.getByRole("button", { name: "Override workspace policy…" }).click();
  await form.getByRole("button", { name: "Add evaluation gate" }).focus();
  await page.keyboard.press("Enter");
  await form.getByLabel("Evaluation set").selectOption({ label: `${set}, 3,000 rows` });
  const metric = form.getByLabel("Metric", { exact: true });
  await expect(form.getByText("higher is better")).toBeVisible();
  await expect(form.getByLabel("At least")).toBeVisible();
  await metric.focus();
  await page.keyboard.type("Log");
  await expect(metric).toHaveValue("logLoss");
  await expect(form.getByText("lower is better")).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(form.getByLabel("At most")).toBeFocused();
  await page.keyboard.type("0.9");
  await page.keyboard.press("Tab");
  await page.keyboard.type("0.05");
  await form.getByLabel("Decision based on").selectOption("the point estimate");
  await form.getByLabel("Reason").fill("No more confident mistakes");
  await form.getByRole("button", { name: "Save policy" }).click();
  await expect(form).toBeHidden();
  await expect(
    page.getByText("at most 0.9, at most 0.05 worse than the champion, based on the point estimate"),
  ).toBeVisible();

  await call("POST", `/api/v1/models/${model}/promotions`, { version: 2, alias: "champion", reason: "journey" });
  await page.goto(`/models/${model}/v2`);
  const gate = page.getByRole("list", { name: "Gates for v2" }).getByText(`Log loss on ${set}`);
  await expect(page.getByText(/against the champion, at most 0\.05 worse/)).toBeVisible({ timeout: 60_000 });
  await gate.click();
  const evidence = page.getByRole("list", { name: "Gates for v2" });
  await expect(evidence).toContainText("Margin");
  await expect(evidence).toContainText("at most 0.05 worse");
});
