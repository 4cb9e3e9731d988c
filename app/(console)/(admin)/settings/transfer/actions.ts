"use server";

import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { StartExport, StartFileImport, StartImport } from "#server/admin/transfer/contract.ts";
import { cancelExport } from "#server/admin/transfer/exports/cancel-export.ts";
import { startExport } from "#server/admin/transfer/exports/start-export.ts";
import { cancelImport } from "#server/admin/transfer/imports/cancel-import.ts";
import { startFileImport } from "#server/admin/transfer/imports/start-file-import.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import { DomainError } from "#server/base/errors.ts";

const refresh = () => revalidatePath("/settings/transfer", "layout");

export async function startImportAction(input: StartImport) {
  return act((ctx) => startImport(ctx, input, runtime().config.imports));
}

export async function startFileImportAction(form: FormData) {
  return act(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File)) throw new DomainError("invalid", "Choose a file.");
    const input = { kind: String(form.get("kind")) as StartFileImport["kind"], fileName: file.name };
    const { artifacts, config } = runtime();
    const body = Readable.fromWeb(file.stream() as ReadableStream);
    return startFileImport(ctx, input, body, { artifacts, maxBytes: config.maxUploadBytes });
  });
}

export async function cancelImportAction(id: string) {
  const state = await act((ctx) => cancelImport(ctx, id));
  refresh();
  return state;
}

export async function startExportAction(input: StartExport) {
  const state = await act((ctx) => startExport(ctx, input));
  refresh();
  return state;
}

export async function cancelExportAction(id: string) {
  const state = await act((ctx) => cancelExport(ctx, id));
  refresh();
  return state;
}
