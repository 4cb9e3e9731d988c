"use server";

import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { DomainError } from "#server/base/errors.ts";
import type { DeleteAlias, SetAlias } from "#server/develop/registry/aliases/contract.ts";
import { deleteAlias } from "#server/develop/registry/aliases/delete-alias.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { requestInspection } from "#server/develop/registry/inspection/request-inspection.ts";
import type { RegisterFromRun, VersionKey } from "#server/develop/registry/versions/contract.ts";
import { registerFromRun } from "#server/develop/registry/versions/register-from-run.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";

export async function registerAction(form: FormData) {
  return act(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File)) throw new DomainError("invalid", "Choose an ONNX file.");
    const input = { name: String(form.get("name") ?? ""), description: String(form.get("description") ?? "") };
    const body = Readable.fromWeb(file.stream() as ReadableStream);
    const { artifacts, describeModel, config } = runtime();
    const intake = { artifacts, describeModel, maxBytes: config.maxUploadBytes };
    const { modelName, version } = await registerUpload(ctx, input, body, intake);
    return { label: `${modelName} v${version}`, href: versionHref(modelName, version) };
  });
}

export async function registerFromRunAction(input: RegisterFromRun) {
  return act(async (ctx) => {
    const { modelName, version } = await registerFromRun(ctx, input);
    return { label: `${modelName} v${version}`, href: versionHref(modelName, version) };
  });
}

export async function setAliasAction(change: SetAlias) {
  return act(async (ctx) => setAlias(ctx, change));
}

export async function deleteAliasAction(change: DeleteAlias) {
  return act(async (ctx) => deleteAlias(ctx, change));
}

export async function inspectAgainAction(key: VersionKey) {
  return act(async (ctx) => requestInspection(ctx, key));
}
