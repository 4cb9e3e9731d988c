import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { openModelFile } from "#server/develop/registry/versions/open-model-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEngine } from "../../engines/queries.ts";
import { uploadPackage } from "../../packages/package-store.ts";
import { zipPackage } from "../../packages/zip-package.ts";
import type { JobTemplate } from "../contract.ts";
import { saveTemplate } from "../save-template.ts";
import { InstallTemplate, type ReadyTemplateInfo } from "./contract.ts";
import { readyTemplates, specOf } from "./ready-templates.ts";

/** Lists the templates that come with Leeway. */
export function listReadyTemplates(ctx: Context): ReadyTemplateInfo[] {
  permit(ctx, "listTemplates");
  return readyTemplates.map(({ id, name, description, source }) => ({ id, name, description, source }));
}

interface Place {
  artifacts: Pick<ArtifactStore, "put" | "stat" | "open">;
  maxBytes: number;
}

/** Installs a template where its script is, and packages go. */
export type InstallReadyTemplate = (ctx: Context, input: InstallTemplate) => Promise<JobTemplate>;

/**
 * Installs a template that comes with Leeway: its script becomes a package, with the file of a version where it works on one, so that its jobs
 * run the same bytes for good. Installed again under the same name, it becomes the next revision.
 * @throws DomainError "not-found" for the template, engine or version; "invalid" for a source that it needs, or does not take; "conflict" for
 * a version without an ONNX file
 */
export async function installTemplate(ctx: Context, input: InstallTemplate, place: Place): Promise<JobTemplate> {
  permit(ctx, "installTemplate");
  const values = InstallTemplate.parse(input);
  const ready = readyTemplates.find(({ id }) => id === values.template);
  if (!ready) throw new DomainError("not-found", "Template not found.", { field: "template" });
  const { source } = values;
  if (ready.source === "required" && !source) {
    throw new DomainError("invalid", "Choose the model version.", { field: "source" });
  }
  if (ready.source === "none" && source) {
    throw new DomainError("invalid", "This template does not use a model version.", { field: "source" });
  }
  const engine = values.engine === undefined ? null : await findEngine(ctx, values.engine);
  const files = new Map<string, Buffer>([[ready.script, await readFile(ready.file)]]);
  if (source) files.set("model.onnx", await readVersion(ctx, source, place));
  const { bytes, sha256: packageKey } = await zipPackage(files);
  await uploadPackage(ctx, { sha256: packageKey, body: Readable.from([bytes]) }, place);
  const of = source && { id: (await findVersion(ctx, source)).id, title: `${source.name} ${source.version}` };
  const { description } = ready;
  return saveTemplate(ctx, {
    name: values.name ?? (of ? `${ready.name}: ${of.title}` : ready.name),
    description,
    spec: specOf(ready, {
      packageKey,
      registerAs: values.registerAs ?? source?.name ?? null,
      engineId: engine?.id ?? null,
      source: of ?? null,
    }),
  });
}

async function readVersion(
  ctx: Context,
  source: { name: string; version: number },
  { artifacts, maxBytes }: Place,
): Promise<Buffer> {
  const { body, sizeBytes } = await openModelFile(ctx, source, artifacts as ArtifactStore);
  if (sizeBytes > maxBytes) throw new DomainError("too-large", "The file of this version is too large for a package.");
  return buffer(body);
}
