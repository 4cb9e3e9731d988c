import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { call, newExperiment, newRun, signIn, unique } from "./scene.ts";
import { ask, digits, image, newEndpoint, newVersion } from "./serving-scene.ts";

interface Scene {
  digits: string;
  flights: string;
  experimentId: string;
  runId: string;
  webhookId: string;
  dataset: string;
}
let scene: Scene;

test.beforeAll(async () => {
  const names = { digits: unique("digits"), flights: unique("flight-delay") };
  await newVersion(names.digits, "digits/models/digits-v2.onnx");
  await newVersion(names.digits, "digits/models/digits-v3.onnx");
  await askForPromotion(names.digits);
  await newVersion(names.flights, "flight-delay/models/flight-delay-v2.onnx");
  await newEndpoint(names.digits, names.digits, 1);
  for (const { pixels } of digits(5)) await ask(names.digits, { inputs: [image(pixels)] });
  await ask(names.digits, { inputs: [{ ...image([]), shape: [1, 1, 8, 0] }] });
  const experimentId = await newExperiment(unique("parcel-damage"));
  const metrics = { val_accuracy: [0.5, 0.7, "NaN" as const, 0.9], loss: [1, 0.5, 0.4, 0.3] };
  const runId = await newRun(experimentId, { name: "even-keel", status: "FINISHED", params: { lr: "0.1" }, metrics });
  await newRun(experimentId, { name: "low-water", status: "FAILED", metrics: { loss: [1, "NaN"] } });
  const webhook = { name: "hook", url: "http://127.0.0.1:1/", events: ["webhook.created"] };
  const { id: webhookId } = await call<{ id: string }>("POST", "/api/v1/webhooks", webhook);
  await call("POST", `/api/v1/webhooks/${webhookId}/tests`, {});
  const dataset = await newDataset();
  scene = { ...names, experimentId, runId, webhookId, dataset };
});

/** A dataset whose second version breaks the contract that the first one suggests. */
async function newDataset(): Promise<string> {
  const path = `/api/v1/datasets/${unique("flights")}`;
  const rows = (most: number) => Array.from({ length: 30 }, (_, row) => `${row % 2 ? "train" : "test"},${row % most}`);
  for (const most of [5, 29]) {
    const file = Buffer.from(["split,delay", ...rows(most)].join("\n"));
    const { id } = await call<{ id: string }>("POST", `${path}/uploads?fileName=a.csv`, file);
    const upload = () => call<{ digest: string }>("GET", `${path}/uploads/${id}`);
    await expect.poll(async () => (await upload()).digest, { timeout: 20_000 }).not.toBeNull();
    if (most > 5) continue;
    const rules = await call("GET", `${path}/contract/proposal?digest=${(await upload()).digest}`);
    await call("PUT", `${path}/contract`, { rules, reason: "as measured" });
  }
  return path.split("/").at(-1) ?? "";
}

/** Gates, an alias and a request, so that their lists are not empty. */
async function askForPromotion(model: string): Promise<void> {
  const metric = { kind: "metric", metric: "val_accuracy", bound: 0.9, scale: "proportion" };
  const gates = [{ kind: "metadata" }, { kind: "signature" }, metric];
  const policy = { required: { items: ["owner", "licence"] }, gates };
  const reason = "Scene of a journey";
  await call("PUT", `/api/v1/models/${model}/policy`, { policy, reason });
  await call("PUT", `/api/v1/models/${model}/aliases/champion`, { version: 1 });
  await call("POST", `/api/v1/models/${model}/promotions`, { version: 2, alias: "champion", reason });
}

const places: Record<string, (scene: Scene) => string> = {
  overview: () => "/overview",
  "getting started": () => "/getting-started",
  endpoints: () => "/endpoints",
  "an endpoint": ({ digits }) => `/endpoints/${digits}?range=15m`,
  "the playground with a pad": ({ digits }) => `/playground/${digits}`,
  "the playground with a form": ({ flights }) => `/playground/${flights}`,
  experiments: () => "/experiments",
  "an experiment": ({ experimentId }) => `/experiments/${experimentId}`,
  "a run": ({ experimentId, runId }) => `/experiments/${experimentId}/runs/${runId}`,
  models: () => "/models",
  "a model": ({ digits }) => `/models/${digits}`,
  "a version": ({ digits }) => `/models/${digits}/v1`,
  "requests of a model": ({ digits }) => `/models/${digits}?view=requests`,
  "the policy of a model": ({ digits }) => `/models/${digits}?view=policy`,
  "the alias history of a model": ({ digits }) => `/models/${digits}?view=aliases`,
  "two versions": ({ digits }) => `/models/${digits}/compare?a=1&b=2`,
  datasets: () => "/datasets",
  "a dataset": ({ dataset }) => `/datasets/${dataset}`,
  "a dataset's contract": ({ dataset }) => `/datasets/${dataset}?tab=contract`,
  "a dataset's leakage": ({ dataset }) => `/datasets/${dataset}?tab=leakage`,
  "the audit log": () => "/audit",
  people: () => "/settings/people",
  tokens: () => "/settings/tokens",
  webhooks: () => "/settings/webhooks",
  trash: () => "/settings/trash",
  security: () => "/settings/security",
  "imports and exports": () => "/settings/transfer",
  "a webhook": ({ webhookId }) => `/settings/webhooks/${webhookId}`,
  "the REST interface": () => "/api/v1/docs",
  "an absent page": () => "/endpoints/there-is-none",
};

/** Serious findings of axe, with the parts they are about. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} scheme`, () => {
    test.use({ colorScheme });
    for (const [name, addressOf] of Object.entries(places)) {
      test(`${name} has no serious finding`, async ({ page }) => {
        await signIn(page, addressOf(scene));
        await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
        await page.waitForLoadState("networkidle").catch(() => {});
        expect(await findings(page)).toEqual([]);
      });
    }
  });
}
