import { Schema, Table, tableToIPC } from "apache-arrow";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeastCaller } from "../feast-caller.ts";
import type { GrpcCall, GrpcMethod } from "../grpc/server.ts";
import { GrpcError, grpcCodes } from "../grpc/status.ts";
import { type CommandOf, type PullCommand, readCommand, sourceNameOf } from "./command.ts";
import { decodeFlight, encodeFlight } from "./messages.ts";
import { PendingTables, type TableSender } from "./pending-tables.ts";
import { readCells } from "./read-cells.ts";
import { maxTableBytes, openTable, readDescriptor, type SentTable } from "./read-table.ts";
import { sourceColumns } from "./source-columns.ts";
import { tableMessages } from "./write-table.ts";

type Call = GrpcCall<FeastCaller>;
type Command = ReturnType<typeof readCommand>;

/** Reads history and joins it, in processes of their own. */
export interface OfflineReads {
  /** Sends rows of a source. @throws DomainError */
  pull(ctx: Context, command: PullCommand, call: Pick<Call, "send" | "signal">): Promise<void>;
  /** Sends the messages of the answer. @throws DomainError */
  answer(
    ctx: Context,
    command: CommandOf<"get_historical_features">,
    table: SentTable,
    call: Pick<Call, "send" | "signal">,
  ): Promise<void>;
}

/** Rows of one write. */
const rowsPerWrite = 10_000;
/** Commands and descriptors are small. */
const smallBytes = 2 ** 21;

/**
 * Returns the methods of Arrow Flight that Feast's clients call: docs/spec/feast.md section 5. Clients from 0.67 on read by DoExchange; older ones
 * send a table by DoPut, ask for its ticket by GetFlightInfo and read by DoGet. Writes are one DoPut.
 */
export function flightMethods(reads: OfflineReads): {
  methods: Map<string, GrpcMethod<FeastCaller>>;
  close(): void;
} {
  const pending = new PendingTables(maxTableBytes);
  const handlers: Record<string, { maxMessageBytes: number; handle(call: Call): Promise<void> }> = {
    DoExchange: {
      maxMessageBytes: maxTableBytes,
      handle: async (call) => {
        const { descriptor, table } = await readDescriptor(call.messages);
        const command = readCommand(descriptor);
        await admitRead(call.caller, command);
        await answer(call, command, await table());
      },
    },
    DoPut: {
      maxMessageBytes: maxTableBytes,
      handle: async ({ caller, messages }) => {
        const { descriptor, table } = await readDescriptor(messages);
        const command = readCommand(descriptor);
        if (command.api === "offline_write_batch") {
          permit(caller.ctx, "writeFeatures");
          await writeTable(caller.ctx, command, await table());
        } else if (command.api === "validate_data_source") {
          permit(caller.ctx, "listViewSources");
          sourceNameOf(command.data_source_proto);
          // Read all the same: clients fail when the answer comes before they have sent their table.
          await table();
        } else {
          await admitRead(caller, command);
          pending.add(senderOf(caller), descriptor.cmd ?? new Uint8Array(), await table());
        }
      },
    },
    GetFlightInfo: {
      maxMessageBytes: smallBytes,
      handle: async ({ caller, messages, send }) => {
        const descriptor = decodeFlight("FlightDescriptor", await only(messages));
        const ticket = descriptor.cmd ?? new Uint8Array();
        if (!pending.has(senderOf(caller), ticket)) throw noTable();
        const schema = tableToIPC(new Table(new Schema([])), "stream");
        const endpoint = [{ ticket: { ticket } }];
        const info = { schema, flight_descriptor: descriptor, endpoint, total_records: -1, total_bytes: -1 };
        await send(encodeFlight("FlightInfo", info));
      },
    },
    DoGet: {
      maxMessageBytes: smallBytes,
      handle: async (call) => {
        const { ticket = new Uint8Array() } = decodeFlight("Ticket", await only(call.messages));
        const taken = pending.take(senderOf(call.caller), ticket);
        if (!taken) throw noTable();
        try {
          await answer(call, readCommand({ cmd: ticket }), taken.table);
        } finally {
          taken.release();
        }
      },
    },
    ...Object.fromEntries(
      ["Handshake", "ListFlights", "GetSchema", "PollFlightInfo", "DoAction", "ListActions"].map((name) => [
        name,
        {
          maxMessageBytes: smallBytes,
          handle: async () => {
            throw new GrpcError(
              grpcCodes.unimplemented,
              `Leeway does not offer ${name}, which Feast's clients do not call.`,
            );
          },
        },
      ]),
    ),
  };
  const methods = new Map(
    Object.entries(handlers).map(([name, handler]) => [`/arrow.flight.protocol.FlightService/${name}`, handler]),
  );
  return { methods, close: () => pending.clear() };

  async function answer({ caller, send, signal }: Call, command: Command, table: SentTable): Promise<void> {
    switch (command.api) {
      case "get_table_column_names_and_types_from_data_source": {
        const columns = await sourceColumns(caller.ctx, sourceNameOf(command.data_source_proto));
        for await (const message of columnsTable(columns)) await send(message);
        return;
      }
      case "get_historical_features":
        await reads.answer(await caller.inProject(command.project), command, table, { send, signal });
        return;
      case "pull_all_from_table_or_query":
      case "pull_latest_from_table_or_query":
        await reads.pull(caller.ctx, command, { send, signal });
        return;
      default:
        refuse(command.api);
    }
  }
}

/** Refuses a command that the caller may not send, or that Leeway does not offer, before its table is read: tables are large. */
async function admitRead(caller: FeastCaller, command: Command): Promise<void> {
  switch (command.api) {
    case "get_table_column_names_and_types_from_data_source":
      permit(caller.ctx, "listFeatureViews");
      permit(caller.ctx, "listViewSources");
      return;
    case "get_historical_features":
      permit(await caller.inProject(command.project), "joinFeatures");
      return;
    case "pull_all_from_table_or_query":
    case "pull_latest_from_table_or_query":
      permit(caller.ctx, "pullSource");
      return;
    default:
      refuse(command.api);
  }
}

/** Tables of different callers never meet, even if their commands are equal. */
function senderOf({ ctx: { actor } }: FeastCaller): TableSender {
  return { workspace: actor.workspaceId, name: `${actor.kind} ${actor.id}` };
}

async function only(messages: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const message of messages) return message;
  throw new DomainError("invalid", "The call has no message.");
}

function noTable(): DomainError {
  return new DomainError("not-found", "There is no table for this command. It waits for ten minutes, in one process.");
}

function refuse(api: string): never {
  throw new GrpcError(grpcCodes.unimplemented, `Leeway does not offer ${api} yet.`);
}

async function* columnsTable(columns: readonly { name: string; type: string }[]): AsyncGenerator<Uint8Array> {
  const added = [
    { name: "name", type: "string" },
    { name: "type", type: "string" },
  ] as const;
  const cells = [columns.map(({ name }) => name), columns.map(({ type }) => type)];
  yield* tableMessages(undefined, added, async () => cells, columns.length);
}

/** Writes rows of a table to the history of a view, and to its newest rows where they are newer. */
async function writeTable(ctx: Context, command: CommandOf<"offline_write_batch">, sent: SentTable): Promise<void> {
  const [view = ""] = command.feature_view_names;
  for (const batch of openTable(sent).batches) {
    for (let at = 0; at < batch.numRows; at += rowsPerWrite) {
      const columns = readCells(batch.slice(at, Math.min(batch.numRows, at + rowsPerWrite)));
      // The index of a data frame, where pandas could not leave it out.
      for (const name of Object.keys(columns)) if (/^__index_level_\d+__$/.test(name)) delete columns[name];
      await writeFeatures(ctx, { view, columns, origin: "feast" });
    }
  }
}
