import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { type ColumnPack, unpackColumns } from "./pack-columns.ts";

type Files = Pick<ArtifactStore, "open">;

/** Reads the rows of a set that is ready. @throws DomainError of the store */
export async function readSetRowsOf({ rowsKey }: { rowsKey: string }, store: Files): Promise<SetRows> {
  return readPack<SetRows>(store, rowsKey);
}

/** Reads the rows of a finished run. @throws DomainError "conflict" for one that is not finished */
export async function readRunRows(
  { rowsKey, state }: { rowsKey: string | null; state: string },
  store: Files,
): Promise<RunRows> {
  if (state === "done" && rowsKey) return readPack<RunRows>(store, rowsKey);
  throw new DomainError("conflict", "The evaluation is not finished, so it has no rows yet.");
}

async function readPack<Pack extends ColumnPack>(store: Files, key: string): Promise<Pack> {
  const chunks = (await (await store.open(key)).toArray()) as Buffer[];
  return unpackColumns(Buffer.concat(chunks)) as ColumnPack as Pack;
}
