import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { call, demoFile, mlflow, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

const file = demoFile("digits/models/digits-v1.onnx");
const sha256 = createHash("sha256").update(file).digest("hex");
const path = (model: string) => `/api/v1/models/${model}/versions`;
const security = (page: Page) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: "Security" }) });

// Other journeys deploy unsigned versions in the same workspace.
test.afterAll(() => setPolicy("allow"));

function setPolicy(unsigned: "allow" | "forbid") {
  return call("PUT", "/api/v1/security-policy", { unsigned, dangerous: "warn", reason: "journey" });
}

async function deploy(page: Page, model: string, endpoint: string): Promise<void> {
  await page.getByRole("button", { name: "Deploy…" }).click();
  await page.getByRole("menuitem", { name: /create endpoint/i }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Endpoint name").fill(endpoint);
  await dialog.getByLabel("Reason").fill("First release");
  await dialog.getByRole("button", { name: `Deploy ${model} v1` }).click();
}

test("a user trusts a key, signs a version, and can deploy only signed versions", async ({ page }) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const [model, keyName] = [unique("digits"), unique("pipeline")];
  await signIn(page, "/settings/security");
  await page.getByRole("button", { name: "Trust key…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(keyName);
  await dialog.getByLabel("Public key").fill(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  await dialog.getByRole("button", { name: "Trust key" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This is a private key");
  await dialog.getByLabel("Public key").fill(publicKey.export({ type: "spki", format: "pem" }).toString());
  await dialog.getByRole("button", { name: "Trust key" }).click();
  await expect(page.getByRole("row", { name: new RegExp(keyName) })).toContainText("Trusted");
  expect(await brokenRules(page)).toEqual([]);

  await call("POST", path(model), new Uint8Array(file));
  await page.goto(`/models/${model}/v1`);
  await expect(security(page)).toContainText("Unsigned");
  await setPolicy("forbid");
  await page.reload();
  await expect(security(page)).toContainText("Deployment blocked by policy: It is not signed");
  await deploy(page, model, unique("digits"));
  await expect(page.getByRole("dialog")).toContainText(
    `${model} v1 cannot be deployed in this workspace. It is not signed. See Settings, Security for the policy.`,
  );

  const signature = sign(null, Buffer.from(sha256), privateKey).toString("base64");
  await page.goto(`/models/${model}/v1`);
  await page.getByRole("button", { name: "Add signature…" }).click();
  const signing = page.getByRole("dialog");
  await expect(signing).toContainText(sha256);
  await signing.getByLabel("Signature").fill("not a signature");
  await signing.getByRole("button", { name: "Add signature" }).click();
  await expect(signing.getByRole("alert")).toBeVisible();
  await signing.getByLabel("Signature").fill(signature);
  await signing.getByRole("button", { name: "Add signature" }).click();
  await expect(signing).toBeHidden();
  await expect(security(page)).toContainText("Signed");
  await expect(security(page)).toContainText(`by ${keyName}`);
  await expect(security(page)).not.toContainText("Deployment blocked");
  const endpoint = unique("digits");
  await deploy(page, model, endpoint);
  await expect(page).toHaveURL(new RegExp(`/endpoints/${endpoint}`));
});

test("a user sees dangerous content of a logged model named file by file in the scan", async ({ page }) => {
  const model = unique("digits");
  const { experiment_id } = await mlflow<{ experiment_id: string }>("experiments/create", { name: model });
  const { run } = await mlflow<{ run: { info: { run_id: string; artifact_uri: string } } }>("runs/create", {
    experiment_id,
  });
  const root = run.info.artifact_uri.replace("mlflow-artifacts:/", "");
  const put = (name: string, content: Uint8Array) =>
    call("PUT", `/api/2.0/mlflow-artifacts/artifacts/${root}/model/${name}`, content);
  await put("model.onnx", new Uint8Array(file));
  await put("preprocess.pkl", Buffer.from("cposix\nsystem\n(S'true'\ntR."));
  await mlflow("registered-models/create", { name: model });
  await mlflow("model-versions/create", { name: model, source: `runs:/${run.info.run_id}/model` });
  await signIn(page, `/models/${model}/v1`);
  await expect(security(page)).toContainText("Dangerous");
  await expect(page.getByRole("row", { name: /preprocess\.pkl/ })).toContainText("posix.system");
  await page.goto(`/models/${model}`);
  await expect(page.getByRole("row", { name: /^v1/ })).toContainText("Dangerous");
});
