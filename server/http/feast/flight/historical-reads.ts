import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import type { StoreValue } from "#server/develop/features/contract.ts";
import { listFeatureServices } from "#server/develop/features/definitions/queries.ts";
import { type JoinedFeatures, joinFeatures } from "#server/develop/features/training-sets/join-features.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import type { CommandOf } from "./command.ts";
import type { OfflineReads } from "./flight-service.ts";
import { pulledTable } from "./pulled-table.ts";
import { openTable, type SentTable, tableStream } from "./read-table.ts";
import { selectionsOfCommand } from "./select-historical.ts";
import { type AnswerCells, tableMessages } from "./write-table.ts";

export interface ReadPlace {
  artifacts: ArtifactStore;
  /** Folder in which scratch folders are made. */
  scratch: string;
  /** Where databases of SQL sources may be. */
  network: NetworkRules;
}

type Command = CommandOf<"get_historical_features">;

/** Each join has a process with up to 1.5 GiB. One whose client reads slowly leaves its slot to others after five minutes. */
const slotRules = { slots: 2, maxPerTenant: 2, maxHoldMs: 300_000, maxRunning: 4 };

/**
 * Answers `get_historical_features` of Feast's clients: their rows as they were sent, with features as of each row's time
 * (docs/spec/feast.md section 6).
 * Also reads sources for clients that materialise themselves: section 5.
 */
export function historicalReads(place: ReadPlace): OfflineReads {
  const slots = new FairSlots(slotRules);
  return {
    async pull(ctx, command, { send, signal }) {
      const work = async () => {
        if (signal.aborted) return;
        for await (const message of pulledTable(ctx, command, { ...place, signal })) await send(message);
      };
      await slots.run(ctx.actor.workspaceId, work);
    },
    async answer(ctx, command, table, { send, signal }) {
      refuseOtherRows(command);
      const { promise: gone, reject } = Promise.withResolvers<never>();
      gone.catch(() => {});
      // Who waits and leaves must not hold a table in memory until it is their turn.
      let sent: SentTable | undefined = table;
      const leave = () => {
        sent = undefined;
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      const work = async () => {
        if (!sent) return;
        for await (const message of joinedTable(ctx, command, sent, { ...place, signal })) await send(message);
      };
      try {
        await Promise.race([slots.run(ctx.actor.workspaceId, work), gone]);
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}

/** Clients that have no table of rows send a range of time or a query instead. */
function refuseOtherRows({ start_date: start, end_date: end, entity_df_sql: query }: Command): void {
  if (typeof query === "string") {
    const message =
      "Leeway does not run SQL for the rows. Send them as a data frame, or make a training set from a dataset version by REST.";
    throw new DomainError("invalid", message);
  }
  if (typeof start === "string" || typeof end === "string") {
    const message =
      "Leeway joins features to rows. Send the rows as entity_df; a range of time alone is not supported.";
    throw new DomainError("invalid", message);
  }
}

async function* joinedTable(
  ctx: Context,
  command: Command,
  sent: SentTable,
  place: { artifacts: ArtifactStore; scratch: string; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const selections = selectionsOfCommand(command, await listFeatureServices(ctx));
  const table = openTable(sent);
  const rows = Readable.from(tableStream(sent), { objectMode: false });
  const joined = joinFeatures(ctx, { rows, selections, fullNames: command.full_feature_names }, place);
  try {
    const first = await joined.next();
    if (first.done) throw new Error("The join has no batch.");
    const added = first.value.columns.map(({ name, type }) => ({ name, type }));
    yield* tableMessages(table, added, partsOf(first.value, joined), sent.rows);
  } finally {
    await joined.return(undefined);
  }
}

/** Returns a function that hands out the rows of a join, as many as are asked for. */
function partsOf(
  first: JoinedFeatures,
  others: AsyncGenerator<JoinedFeatures>,
): (rows: number) => Promise<AnswerCells> {
  let batch = first;
  let at = 0;
  return async (rows) => {
    const parts = batch.columns.map((): StoreValue[] => []);
    for (let left = rows; left > 0; ) {
      if (at === batch.rows) {
        const next = await others.next();
        if (next.done) throw new Error("The join has fewer rows than the table.");
        batch = next.value;
        at = 0;
      }
      const end = Math.min(batch.rows, at + left);
      for (const [index, { cells }] of batch.columns.entries()) {
        for (let row = at; row < end; row += 1) parts[index]?.push(cells[row] as StoreValue);
      }
      left -= end - at;
      at = end;
    }
    return parts;
  };
}
