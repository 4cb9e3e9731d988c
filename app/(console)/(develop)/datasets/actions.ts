"use server";

import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { RetryUpload, VersionKey } from "#server/develop/datasets/contract.ts";
import type { RequestLeakageCheck } from "#server/develop/datasets/leakage/contract.ts";
import { requestLeakageCheck } from "#server/develop/datasets/leakage/request-leakage-check.ts";
import { retryUpload } from "#server/develop/datasets/retry-upload.ts";
import type { SetContract } from "#server/develop/datasets/rules/contract.ts";
import { requestDatasetCheck } from "#server/develop/datasets/rules/request-dataset-check.ts";
import { setContract } from "#server/develop/datasets/rules/set-contract.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";

const refresh = () => revalidatePath("/datasets", "layout");

export async function uploadDatasetAction(form: FormData) {
  return act(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File)) throw new DomainError("invalid", "Choose a CSV, Parquet or Arrow file.");
    const input = { name: String(form.get("name") ?? ""), fileName: file.name, note: String(form.get("note") ?? "") };
    const { artifacts, config } = runtime();
    const body = Readable.fromWeb(file.stream() as ReadableStream);
    return uploadDataset(ctx, input, body, { artifacts, maxBytes: config.maxUploadBytes });
  });
}

export async function retryUploadAction(input: RetryUpload) {
  const state = await act((ctx) => retryUpload(ctx, input));
  refresh();
  return state;
}

export async function setContractAction(input: SetContract) {
  const state = await act((ctx) => setContract(ctx, input));
  refresh();
  return state;
}

export async function requestCheckAction(key: VersionKey) {
  return act((ctx) => requestDatasetCheck(ctx, key));
}

export async function requestLeakageAction(input: RequestLeakageCheck) {
  const state = await act((ctx) => requestLeakageCheck(ctx, input));
  refresh();
  return state;
}
