import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { listFeatureServices } from "#server/develop/features/definitions/queries.ts";
import { joinFeatures } from "#server/develop/features/training-sets/join-features.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import type { CommandOf } from "./command.ts";
import type { OfflineReads } from "./flight-service.ts";
import { pulledTable } from "./pulled-table.ts";
import { openTable, type SentTable, tableStream } from "./read-table.ts";
import { selectionsOfCommand } from "./select-historical.ts";
import { tableMessages } from "./write-table.ts";

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
 * Also reads sources for clients that materialise themselves: docs/spec/feast.md section 5.
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
      rowsOf(command);
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
function rowsOf({ start_date: start, end_date: end, entity_df_sql: query }: Command) {
  if (typeof query === "string") {
    const [, dataset, digest] = /^dataset:([^@]+)(?:@(\w+))?$/.exec(query.trim()) ?? [];
    if (dataset !== undefined) return { dataset, digest: digest ?? null };
    const message =
      'Leeway does not run SQL for the rows. Send them as a data frame, or name a dataset: "dataset:<name>@<digest>".';
    throw new DomainError("invalid", message);
  }
  if (typeof start === "string" || typeof end === "string") {
    const message =
      "Leeway joins features to rows. Send the rows as entity_df; a range of time alone is not supported.";
    throw new DomainError("invalid", message);
  }
  return undefined;
}

async function* joinedTable(
  ctx: Context,
  command: Command,
  sent: SentTable,
  place: { artifacts: ArtifactStore; scratch: string; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const selections = selectionsOfCommand(command, await listFeatureServices(ctx));
  const dataset = rowsOf(command);
  // With a query, clients send a table that means none.
  const table = dataset ? undefined : openTable(sent);
  const rows = dataset ?? Readable.from(tableStream(sent), { objectMode: false });
  const joined = await joinFeatures(ctx, { rows, selections, fullNames: command.full_feature_names }, place);
  try {
    yield* tableMessages(table, joined.columns, (count) => joined.read(count), joined.rows);
  } finally {
    await joined.close();
  }
}
