import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { modelVersions } from "#db/schema/index.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { submitJob } from "../../jobs/submit-job.ts";
import { fetchPackage } from "../../packages/package-store.ts";
import { installTemplate, listReadyTemplates } from "./install-template.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-ready-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const place = { artifacts, maxBytes: 1e6 };

async function filesOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const opened = await fromBufferPromise(zip);
  const files = new Map<string, Buffer>();
  for await (const entry of opened.eachEntry()) {
    files.set(entry.fileName, await buffer(await opened.openReadStreamPromise(entry)));
  }
  return files;
}

test(
  "installs each template with its script, ready to be submitted",
  inWorkspace(async (ctx) => {
    await newTrainingJob(ctx);
    const { id: versionId, version } = await newVersion(ctx);
    const key = artifactKey(ctx.actor.workspaceId, ["models", "digits.onnx"]);
    await artifacts.put(key, Readable.from([Buffer.from("the model")]));
    await ctx.db
      .update(modelVersions)
      .set({ artifactKey: key })
      .where(eq(modelVersions.workspaceId, ctx.actor.workspaceId));
    const all = listReadyTemplates(ctx);
    expect(all.map(({ id }) => id)).toEqual(["digits", "flights", "quantise", "distil"]);
    for (const { id, source } of all) {
      const of = source === "none" ? {} : { source: { name: "digits", version } };
      const template = await installTemplate(ctx, { template: id, engine: "west", ...of }, place);
      const { spec } = await submitJob(ctx, { template: template.name }, { artifacts });
      const script = spec.command[1] ?? "";
      const stored = await fetchPackage({ workspaceId: ctx.actor.workspaceId, spec }, artifacts);
      const files = await filesOf(
        await buffer(await artifacts.open(`${ctx.actor.workspaceId}/training/packages/${stored?.sha256}.zip`)),
      );
      expect([...files.keys()]).toEqual(source === "none" ? [script] : [script, "model.onnx"]);
      // A template that names a parameter which its script does not read, or another default, would mislead.
      const text = String(files.get(script));
      const defaults = /^DEFAULTS = (\{.*\})$/m
        .exec(text)?.[1]
        ?.replaceAll("True", "true")
        .replaceAll("False", "false");
      const { source: _, ...read } = JSON.parse(defaults ?? "{}");
      expect(Object.fromEntries(template.spec.parameters.map((one) => [one.name, one.default]))).toEqual(read);
      if (source !== "none") {
        expect(String(files.get("model.onnx"))).toBe("the model");
        const parameters = { source: "digits 1" };
        expect(spec).toMatchObject({ registerAs: "digits", parameters, models: { source: versionId } });
      }
    }
  }),
);

test(
  "the same files give the same package, and a name of one's own the next revision",
  inWorkspace(async (ctx) => {
    const install = () => installTemplate(ctx, { template: "digits", name: "ours", registerAs: "digits" }, place);
    const [first, second] = [await install(), await install()];
    expect(second).toMatchObject({ name: "ours", revision: 2, spec: { job: { registerAs: "digits" } } });
    expect(second.spec.job.packageKey).toBe(first.spec.job.packageKey);
  }),
);

test(
  "refuses what it cannot install",
  inWorkspace(async (ctx) => {
    await expect(installTemplate(ctx, { template: "../digits" }, place)).rejects.toThrow("Template not found");
    await expect(installTemplate(ctx, { template: "quantise" }, place)).rejects.toThrow("Choose the model version");
    const source = { name: "none", version: 1 };
    await expect(installTemplate(ctx, { template: "quantise", source }, place)).rejects.toThrow("not found");
    await expect(installTemplate(ctx, { template: "digits", source }, place)).rejects.toThrow(
      "does not use a model version",
    );
    await newVersion(ctx, { model: "bad", inspection: "unservable" });
    const bad = { name: "bad", version: 1 };
    await expect(installTemplate(ctx, { template: "quantise", source: bad }, place)).rejects.toThrow("no tensors");
  }),
);
