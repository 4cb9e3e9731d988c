import { expect, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits } from "./serving-fixture.ts";

/** Time that a person needs for ten pictures is theirs; this is what the machine may add. */
const maxMachineMs = 20_000;

/** Real handwritten digits with what they are, as rows of grey values. */
const items = digits(10).map(({ label, pixels }, at) => ({
  item: `digit-${at}`,
  label,
  picture: Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8)),
}));

const names = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Creates a project with ten pictures, whose classes have the digits as keys; 0 has none, as that key means something else. */
async function digitsProject(settings: Record<string, unknown> = {}): Promise<{ id: number; name: string }> {
  const name = unique("digits");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: names.slice(1).concat("0"),
    shown: [{ name: "image", kind: "image", field: "image" }],
    question: "Which digit is this?",
    settings: { overlapShare: 0, goldShare: 0, ...settings },
  });
  await call("POST", `/api/v1/label-projects/${id}/tasks`, {
    tasks: items.map(({ item, picture }, rank) => ({ item, data: { image: picture }, rank })),
  });
  return { id, name };
}

interface Counts {
  counts: { open: number; settled: number; answers: number };
}

const countsOf = async ({ id }: { id: number }) => (await call<Counts>("GET", `/api/v1/label-projects/${id}`)).counts;

/** The item on screen, by its name in the pane at the right. */
const shownItem = (page: Page) => page.getByRole("complementary", { name: "About this item" }).getByText(/^digit-\d+$/);

/** Answers what is on screen, as someone who knows it; the digit 0 is found by typing. */
async function labelShown(page: Page): Promise<string> {
  const item = (await shownItem(page).textContent()) ?? "";
  const label = items.find((each) => each.item === item)?.label ?? "";
  if (label === "0") {
    await page.keyboard.press("/");
    await page.keyboard.type("0");
    await page.keyboard.press("Enter");
  } else {
    await page.keyboard.press(label);
  }
  await expect(page.getByText(item, { exact: true })).toBeHidden();
  return item;
}

test("someone labels ten pictures by keyboard, takes one back, and sees what is settled", async ({ page }) => {
  // One label of someone new is taken as 85% certain, so by default it would wait for a second person.
  const project = await digitsProject({ stop: 0.8 });
  await signIn(page, "/labels");
  await page.getByRole("link", { name: project.name }).click();
  // The list says how many are open, too: there L does nothing.
  await expect(page).toHaveURL(new RegExp(`/labels/${project.name}$`));
  await expect(page.getByText("10 items are open")).toBeVisible();
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/\/label$/);
  await expect(page.getByRole("heading", { name: "Which digit is this?" })).toBeVisible();
  await expect(page.getByText("Predictions are hidden")).toBeVisible();

  const startedAt = performance.now();
  for (const _ of items.slice(1)) await labelShown(page);
  const last = await labelShown(page);
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  expect(performance.now() - startedAt).toBeLessThan(maxMachineMs);
  await expect.poll(() => countsOf(project)).toMatchObject({ open: 0, settled: 10, answers: 10 });

  await page.getByRole("button", { name: "Undo the last label" }).click();
  await expect(shownItem(page)).toHaveText(last);
  await expect.poll(() => countsOf(project)).toMatchObject({ open: 1, settled: 9, answers: 9 });
  await labelShown(page);
  await expect.poll(() => countsOf(project)).toMatchObject({ open: 0, settled: 10, answers: 10 });

  // Each is what it was labelled as.
  const { tasks } = await call<{ tasks: { id: number; item: string }[] }>(
    "GET",
    `/api/v1/label-projects/${project.id}/tasks`,
  );
  for (const { id, item } of tasks) {
    const { consensus } = await call<{ consensus: { value: { label: string } } }>("GET", `/api/v1/label-tasks/${id}`);
    expect(consensus.value.label).toBe(items.find((each) => each.item === item)?.label);
  }
});

test("labels given without a network are kept over a reload, and sent when it is back", async ({ page, context }) => {
  const project = await digitsProject();
  await signIn(page, `/labels/${project.name}/label`);
  await expect(shownItem(page)).toBeVisible();
  // The next one is loaded already.
  await expect.poll(() => countsOf(project)).toMatchObject({ held: 2 });
  const work = "**/label/work";
  await page.route(work, (route) => route.abort("internetdisconnected"));
  await labelShown(page);
  await expect(page.getByText("1 label stored here; labelling continues.")).toBeVisible();
  await labelShown(page);
  await expect(page.getByText("2 labels stored here; labelling continues.")).toBeVisible();
  expect(await countsOf(project)).toMatchObject({ answers: 0 });

  // An answer that someone else left in this browser is not stored as one of whoever is signed in.
  const { tasks } = await call<{ tasks: { id: number }[] }>("GET", `/api/v1/label-projects/${project.id}/tasks`);
  const left = { kind: "answer", owner: `elsewhere/someone/${project.id}`, taskId: tasks[0]?.id };
  const data = { ...left, value: { kind: "class", label: "7" }, note: "", spentMs: 1, guideline: 1 };
  const response = await page.request.post(`/labels/${project.id}/label/work`, { data });
  expect(await response.json()).toMatchObject({ ok: true, data: { kind: "later" } });
  expect(await countsOf(project)).toMatchObject({ answers: 0 });

  await page.reload();
  await expect(page.getByText("2 labels stored here; labelling continues.")).toBeVisible();
  await page.unroute(work);
  await context.setOffline(false);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect.poll(() => countsOf(project)).toMatchObject({ answers: 2 });
  await expect(page.getByText(/stored here/)).toBeHidden();
  await expect(shownItem(page)).toBeVisible();
});

test("someone labels alike pictures at once by keyboard, but for an exception", async ({ page }) => {
  const name = unique("alike");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: ["digit", "letter"],
    shown: [{ name: "image", kind: "image", field: "image" }],
    settings: { overlapShare: 0, goldShare: 0, stop: 0.8 },
  });
  const tasks = items.map(({ item, picture }, rank) => ({ item, data: { image: picture }, rank, groupKey: "scans" }));
  const { taskIds } = await call<{ taskIds: number[] }>("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  await signIn(page, `/labels/${name}/alike?group=scans`);
  await expect(page.getByText("Label this group one by one first")).toBeVisible();
  await page.getByRole("link", { name: "Label one by one" }).click();
  for (const at of [0, 1, 2]) {
    await expect(shownItem(page)).toHaveText(`digit-${at}`);
    await page.keyboard.press("1");
  }
  await expect(page.getByText("7 alike items wait; the first labels are digit.")).toBeVisible();
  await page.keyboard.press("a");
  const grid = page.getByRole("list", { name: "Alike items" });
  await expect(grid.getByRole("button")).toHaveCount(7);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await expect(grid.getByRole("button", { name: "digit-4 exception", pressed: true })).toBeFocused();
  await page.keyboard.press("2");
  await expect(page.getByText("The first labels of this group are “digit”.")).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.getByText("6 items are labelled as digit.")).toBeVisible();
  // The exception is left to label singly.
  await expect(page.getByRole("heading", { name: "Which class is this?" })).toBeVisible();
  const historyOf = async (taskId = 0) =>
    (await call<{ history: unknown[] }>("GET", `/api/v1/label-tasks/${taskId}`)).history;
  expect(await historyOf(taskIds[3])).toMatchObject([{ value: { label: "digit" }, isBulk: true }]);
  expect(await historyOf(taskIds[4])).toEqual([]);
  expect(await countsOf({ id })).toMatchObject({ answers: 9 });
});

test("someone asks for a hidden field, sees why an item comes next, and opens the guidelines on a phone", async ({
  page,
}) => {
  const name = unique("hidden");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: ["fraud", "legitimate"],
    shown: [{ name: "row", kind: "row", field: "row" }],
    settings: { overlapShare: 0, hiddenFields: ["card"] },
    guideline: { text: "Declined attempts just before indicate fraud." },
  });
  const factors = { gain: 0.8, drift: 1.9, weight: 2, twins: 0, drifted: ["device_age"] };
  const tasks = [{ item: "payment-1", data: { row: { device_age: 0, card: "4242" } }, factors }];
  await call("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  await signIn(page, `/labels/${name}`);
  await expect(page.getByRole("link", { name: /^Label queue \d+\+? to label or review$/ })).toBeVisible();
  const place = page.getByRole("table", { name: "Ranking factors" });
  await expect(place.getByRole("row", { name: /order/ })).toContainText("0.8 × 1.9 × 2 / 1");
  await page.goto(`/labels/${name}/label`);
  const facts = page.getByRole("complementary", { name: "About this item" });
  await expect(facts.getByText("drift ×1.9 (device_age), weight ×2")).toBeVisible();
  const row = page.getByRole("table", { name: "Fields of the row" });
  await expect(row.getByRole("row", { name: /device_age/ })).toContainText("drift");
  await expect(page.getByText("4242")).toBeHidden();
  await facts.getByRole("button", { name: "Show card…" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("Is it a test card?");
  await page.getByRole("button", { name: "Show card", exact: true }).click();
  await expect(row.getByRole("row", { name: /card/ })).toContainText("4242");
  await expect(facts.getByText("Hidden fields")).toBeHidden();

  await page.setViewportSize({ width: 390, height: 844 });
  const handle = page.getByRole("button", { name: "Guidelines, version 1" });
  // A hover waits until the handle rests where the smaller page puts it.
  await handle.hover({ position: { x: 60, y: 10 } });
  const edges = await handle.boundingBox();
  if (!edges) throw new Error("The handle has no place.");
  await page.mouse.down();
  await page.mouse.move(edges.x + 60, edges.y - 90, { steps: 4 });
  await page.mouse.up();
  const guidelines = page.getByRole("dialog", { name: "Guidelines, version 1" });
  await expect(guidelines.getByText("Declined attempts just before")).toBeVisible();
});

test("someone draws a box by keyboard and another one with the pointer", async ({ page }) => {
  const name = unique("boxes");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "boxes",
    classes: ["loop", "stroke"],
    question: "Where are loops and strokes?",
    settings: { overlapShare: 0 },
  });
  const [digit] = items;
  const tasks = [{ item: "digit-0", data: { image: digit?.picture } }];
  const { taskIds } = await call<{ taskIds: number[] }>("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  await signIn(page, `/labels/${name}/label`);
  const picture = page.getByRole("img", { name: "image of the item" });
  await expect(picture).toBeVisible();
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Alt+ArrowDown");
  const edges = await picture.boundingBox();
  if (!edges) throw new Error("The picture has no place.");
  await page.mouse.move(edges.x + edges.width * 0.7, edges.y + edges.height * 0.7);
  await page.mouse.down();
  await page.mouse.move(edges.x + edges.width * 0.9, edges.y + edges.height * 0.8, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.press("1");
  const list = page.getByRole("list", { name: "Boxes" });
  await expect(list.getByRole("button")).toHaveText([/stroke.*at 33, 38.*25 × 26%/, /loop.*at 70, 70.*20 × 10%/]);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  const answer = async () =>
    (await call<{ history: { value: unknown }[] }>("GET", `/api/v1/label-tasks/${taskIds[0]}`)).history[0]?.value;
  await expect.poll(answer).toMatchObject({
    kind: "boxes",
    boxes: [{ label: "stroke", x: 32.5, y: 37.5, width: 25, height: 25.5 }, { label: "loop" }],
  });
});

test("someone marks spans with the keyboard, over an emoji", async ({ page }) => {
  const name = unique("spans");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "spans",
    classes: ["damage", "person"],
    settings: { overlapShare: 0 },
  });
  const tasks = [{ item: "note", data: { text: "Soaked 😕 through, Ada says." } }];
  const { taskIds } = await call<{ taskIds: number[] }>("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  await signIn(page, `/labels/${name}/label`);
  await expect(page.getByText("27 characters")).toBeVisible();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("1");
  const spans = page.getByRole("table", { name: "Spans" });
  await expect(spans.getByRole("row", { name: /damage/ })).toContainText("Soaked 😕 through");
  // The text is split by the first span: before that, the same place in it is another word.
  await page.getByText("Ada says").dblclick({ position: { x: 10, y: 15 } });
  await page.keyboard.press("2");
  await expect(spans.getByRole("row", { name: /person/ })).toContainText("Ada");
  // As a finger does with handles: nothing is lifted over the text, and the selection goes beyond it.
  await page.evaluate(() => {
    const runs = [...document.querySelectorAll("p [data-start]")];
    const text = runs.at(-1)?.firstChild;
    const beyond = document.querySelector("fieldset");
    if (text && beyond) getSelection()?.setBaseAndExtent(text, 1, beyond, 0);
  });
  await page.getByRole("button", { name: "damage" }).click();
  await expect(spans.getByRole("row", { name: /says/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  const answer = async () =>
    (await call<{ history: { value: unknown }[] }>("GET", `/api/v1/label-tasks/${taskIds[0]}`)).history[0]?.value;
  await expect.poll(answer).toEqual({
    kind: "spans",
    spans: [
      { label: "damage", start: 0, end: 16 },
      { label: "person", start: 18, end: 21 },
      { label: "damage", start: 22, end: 27 },
    ],
  });
});

test("a reviewer decides a disagreement by keyboard, and learns the names afterwards", async ({ page }) => {
  const name = unique("review");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: ["dent", "crush"],
    shown: [{ name: "image", kind: "image", field: "image" }],
    settings: { minAnswers: 2, maxAnswers: 2, overlapShare: 0 },
  });
  const say = (person: string, label: string) => ({ person, name: person, value: { kind: "class", label } });
  const answers = [say("Jan Novak", "dent"), say("Mei Tanaka", "crush")];
  const tasks = [{ item: "parcel", data: { image: items[0]?.picture }, answers }];
  const { taskIds } = await call<{ taskIds: number[] }>("POST", `/api/v1/label-projects/${id}/tasks`, { tasks });
  await signIn(page, `/labels/${name}`);
  await page
    .getByRole("navigation", { name: `Pages of ${name}` })
    .getByRole("link", { name: "Review 1" })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: /dent or crush/ })).toBeVisible();
  await expect(page.getByText("Jan Novak")).toBeHidden();
  await page.keyboard.press("s");
  await expect(page.getByRole("button", { name: "Confirm crush" })).toBeVisible();
  await page.keyboard.type("The top edge is bent at the right corner.");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Settled as crush. A: Jan Novak, B: Mei Tanaka.")).toBeVisible();
  await expect(page.getByText("Nothing to review")).toBeVisible();
  const path = `/api/v1/label-tasks/${taskIds[0]}`;
  const { state, consensus } = await call<{ state: string; consensus: unknown }>("GET", path);
  expect(state).toBe("settled");
  expect(consensus).toMatchObject({ value: { kind: "class", label: "crush" }, method: "review" });
});
