import protobuf from "protobufjs";
import { DomainError } from "#server/base/errors.ts";

// The parts of Arrow Flight's protocol that are read or written, their field numbers included:
// https://github.com/apache/arrow/blob/main/format/Flight.proto, under the Apache License 2.0
const { root } = protobuf.parse(
  `syntax = "proto3";
   message FlightDescriptor { int32 type = 1; bytes cmd = 2; }
   message FlightInfo {
     bytes schema = 1; FlightDescriptor flight_descriptor = 2; repeated FlightEndpoint endpoint = 3; int64 total_records = 4;
     int64 total_bytes = 5;
   }
   message FlightEndpoint { Ticket ticket = 1; }
   message Ticket { bytes ticket = 1; }
   message FlightData { FlightDescriptor flight_descriptor = 1; bytes data_header = 2; bytes app_metadata = 3; bytes data_body = 1000; }`,
  { keepCase: true },
);

export interface FlightDescriptor {
  type?: number;
  cmd?: Uint8Array;
}

/** A message of a table: its schema, a batch of rows or of a dictionary. */
interface FlightData {
  flight_descriptor?: FlightDescriptor;
  /** Message of Arrow's IPC format, a flat buffer. */
  data_header?: Uint8Array;
  data_body?: Uint8Array;
}

interface FlightMessages {
  FlightDescriptor: FlightDescriptor;
  FlightInfo: {
    schema: Uint8Array;
    flight_descriptor: FlightDescriptor;
    endpoint: { ticket: { ticket: Uint8Array } }[];
    total_records: number;
    total_bytes: number;
  };
  Ticket: { ticket?: Uint8Array };
  FlightData: FlightData;
}

/** Reads a message of Flight. Bytes are parts of those given. @throws DomainError "invalid" */
export function decodeFlight<Name extends keyof FlightMessages>(name: Name, bytes: Buffer): FlightMessages[Name] {
  const type = root.lookupType(name);
  try {
    return type.toObject(type.decode(bytes)) as FlightMessages[Name];
  } catch (cause) {
    throw new DomainError("invalid", `Invalid Arrow Flight message: not a ${name}.`, { cause });
  }
}

/** Writes a message of Flight. */
export function encodeFlight<Name extends keyof FlightMessages>(name: Name, message: FlightMessages[Name]): Uint8Array {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(message)).finish();
}
