import protobuf from "protobufjs";
import { DomainError } from "#server/base/errors.ts";

// The parts of Feast's messages that Leeway reads or writes, their field numbers included, from the descriptors of Feast 0.67:
// feast/core/*.proto and feast/registry/RegistryServer.proto, Copyright 2018-2026 The Feast Authors, under the Apache License 2.0
// (http://www.apache.org/licenses/LICENSE-2.0). Changes: only these fields; what Leeway stores and returns unchanged is of type bytes.
const { root } = protobuf.parse(
  `syntax = "proto3";
   message Timestamp { int64 seconds = 1; int32 nanos = 2; }
   message Duration { int64 seconds = 1; int32 nanos = 2; }

   message NamedRequest { string name = 1; string project = 2; }
   message ListRequest { string project = 1; map<string, string> tags = 3; }
   message ListServicesRequest { string project = 1; map<string, string> tags = 3; string feature_view = 4; }
   message ListAllViewsRequest {
     string project = 1; map<string, string> tags = 3; string entity = 4; string feature = 5; string feature_service = 6;
     string data_source = 7; Timestamp updated_since = 10;
   }
   message ListProjectsRequest { map<string, string> tags = 2; }
   message NameRequest { string name = 1; }
   message ProjectRequest { string project = 1; }
   message ApplyRequest { bytes object = 1; string project = 2; }
   message ApplyViewRequest {
     oneof view { bytes feature_view = 1; bytes on_demand_feature_view = 2; bytes stream_feature_view = 3; bytes label_view = 6; }
     string project = 4;
   }
   message ApplyProjectRequest { bytes object = 1; }
   message ApplyMaterializationRequest {
     bytes feature_view = 1; string project = 2; Timestamp start_date = 3; Timestamp end_date = 4;
   }
   message ListResponse { repeated bytes objects = 1; }
   message AnyFeatureView { oneof view { bytes feature_view = 1; bytes on_demand_feature_view = 2; } }
   message AnyFeatureViewResponse { AnyFeatureView any_feature_view = 1; }
   message ListAllViewsResponse { repeated AnyFeatureView feature_views = 1; }

   message Described { bytes spec = 1; bytes meta = 2; }
   message Meta { Timestamp created_timestamp = 1; Timestamp last_updated_timestamp = 2; }
   message ViewMeta {
     Timestamp created_timestamp = 1; Timestamp last_updated_timestamp = 2; repeated Interval materialization_intervals = 3;
     int32 current_version_number = 4; int32 state = 6;
   }
   message Interval { Timestamp start_time = 1; Timestamp end_time = 2; }
   message SourceMeta { Timestamp created_timestamp = 3; Timestamp last_updated_timestamp = 4; }

   message EntitySpec {
     string name = 1; int32 value_type = 2; string description = 3; string join_key = 4; map<string, string> tags = 8; string project = 9;
     string owner = 10;
   }
   message Field { string name = 1; int32 value_type = 2; map<string, string> tags = 3; string description = 4; }
   message ViewSpec {
     string name = 1; string project = 2; repeated string entities = 3; repeated Field features = 4; map<string, string> tags = 5;
     Duration ttl = 6; bytes batch_source = 7; bool online = 8; bytes stream_source = 9; string description = 10; string owner = 11;
     repeated Field entity_columns = 12; bool offline = 13;
   }
   message OnDemandViewSpec { string name = 1; map<string, string> tags = 7; }
   message DataSource {
     int32 type = 1; map<string, string> field_mapping = 2; string timestamp_field = 3; string created_timestamp_column = 5;
     FileOptions file_options = 11; CustomOptions custom_options = 16; string data_source_class_type = 17; string name = 20;
     string project = 21; string description = 23; map<string, string> tags = 24; string owner = 25; bytes batch_source = 26;
   }
   message FileOptions { string uri = 2; }
   message CustomOptions { bytes configuration = 1; }
   message ServiceSpec {
     string name = 1; string project = 2; repeated ViewProjection features = 3; map<string, string> tags = 4; string description = 5;
     string owner = 6;
   }
   message ViewProjection {
     string feature_view_name = 1; repeated Field feature_columns = 2; string feature_view_name_alias = 3;
     map<string, string> join_key_map = 4; string timestamp_field = 5; string created_timestamp_column = 7; optional int32 version_tag = 10;
   }
   message ProjectSpec { string name = 1; string description = 2; map<string, string> tags = 3; string owner = 4; }`,
  { keepCase: true },
);

/** Seconds and nanoseconds since 1970, or of a duration. */
export interface WireTime {
  seconds: number;
  nanos: number;
}
/** Texts by name. */
export type WireTags = Record<string, string>;

export interface WireField {
  name: string;
  value_type: number;
  tags: WireTags;
  description: string;
}

interface EntitySpec {
  name: string;
  value_type: number;
  description: string;
  join_key: string;
  tags: WireTags;
  owner: string;
}

export interface ViewSpec {
  name: string;
  entities: string[];
  features: WireField[];
  tags: WireTags;
  ttl?: WireTime;
  batch_source?: Uint8Array;
  online: boolean;
  stream_source?: Uint8Array;
  description: string;
  owner: string;
  entity_columns: WireField[];
}

export interface DataSource {
  type: number;
  field_mapping: WireTags;
  timestamp_field: string;
  created_timestamp_column: string;
  file_options?: { uri: string };
  custom_options?: { configuration: Uint8Array };
  data_source_class_type: string;
  name: string;
  description: string;
  tags: WireTags;
  owner: string;
  batch_source?: Uint8Array;
}

interface ViewProjection {
  feature_view_name: string;
  feature_columns: WireField[];
  feature_view_name_alias: string;
  join_key_map: WireTags;
  version_tag?: number;
}

export interface ServiceSpec {
  name: string;
  features: ViewProjection[];
  tags: WireTags;
  description: string;
  owner: string;
}

/** Messages by name, as `decode` returns them. Texts, numbers, lists and maps that were not sent are empty. */
export interface Messages {
  NamedRequest: { name: string; project: string };
  ListRequest: { project: string; tags: WireTags };
  ListServicesRequest: { project: string; tags: WireTags; feature_view: string };
  ListAllViewsRequest: {
    project: string;
    tags: WireTags;
    entity: string;
    feature: string;
    feature_service: string;
    data_source: string;
    updated_since?: WireTime;
  };
  ListProjectsRequest: { tags: WireTags };
  NameRequest: { name: string };
  ProjectRequest: { project: string };
  ApplyRequest: { object?: Uint8Array; project: string };
  ApplyViewRequest: {
    feature_view?: Uint8Array;
    on_demand_feature_view?: Uint8Array;
    stream_feature_view?: Uint8Array;
    label_view?: Uint8Array;
    project: string;
  };
  ApplyProjectRequest: { object?: Uint8Array };
  ApplyMaterializationRequest: {
    feature_view?: Uint8Array;
    project: string;
    start_date?: WireTime;
    end_date?: WireTime;
  };
  ListResponse: { objects: Uint8Array[] };
  AnyFeatureView: { feature_view?: Uint8Array; on_demand_feature_view?: Uint8Array };
  AnyFeatureViewResponse: { any_feature_view: Messages["AnyFeatureView"] };
  ListAllViewsResponse: { feature_views: Messages["AnyFeatureView"][] };
  Described: { spec?: Uint8Array; meta?: Uint8Array };
  Meta: { created_timestamp: WireTime; last_updated_timestamp: WireTime };
  ViewMeta: {
    created_timestamp: WireTime;
    last_updated_timestamp: WireTime;
    materialization_intervals: { start_time: WireTime; end_time: WireTime }[];
    current_version_number: number;
    state: number;
  };
  SourceMeta: Messages["Meta"];
  EntitySpec: EntitySpec;
  ViewSpec: ViewSpec;
  OnDemandViewSpec: { name: string; tags: WireTags };
  DataSource: DataSource;
  ServiceSpec: ServiceSpec;
  ProjectSpec: { name: string; description: string; tags: WireTags; owner: string };
}

type MessageName = keyof Messages;

/** Fields of messages and bytes are absent where they were not sent; all others have their default. */
const defaultsOf = { longs: Number, arrays: true, objects: true } as const;

/** Reads a message of Feast. @throws DomainError "invalid" for bytes that are none */
export function decode<Name extends MessageName>(name: Name, bytes: Uint8Array): Messages[Name] {
  const type = root.lookupType(name);
  try {
    const read = type.toObject(type.decode(bytes), defaultsOf) as Record<string, unknown>;
    return withDefaults(type, read) as unknown as Messages[Name];
  } catch (cause) {
    throw new DomainError("invalid", `Invalid Feast message: not a ${name}.`, { cause });
  }
}

/** Writes a message of Feast. Default values are left out. */
export function encode<Name extends MessageName>(name: Name, message: Partial<Messages[Name]>): Buffer {
  const type = root.lookupType(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

/** Adds the defaults of scalars that were not sent, in nested messages too. */
function withDefaults(type: protobuf.Type, read: Record<string, unknown>): Record<string, unknown> {
  for (const field of type.fieldsArray) {
    const value = read[field.name];
    const nested = field.resolve().resolvedType;
    if (field.map) continue;
    if (nested instanceof protobuf.Type && value !== undefined) {
      for (const item of field.repeated ? (value as Record<string, unknown>[]) : [value as Record<string, unknown>]) {
        withDefaults(nested, item);
      }
    } else if (value === undefined && !nested && field.type !== "bytes" && !field.partOf) {
      read[field.name] = field.type === "string" ? "" : field.type === "bool" ? false : 0;
    }
  }
  return read;
}

/** Returns a message without one of its fields, every other byte unchanged. @throws DomainError "invalid" */
export function withoutField(bytes: Uint8Array, fieldNumber: number): Buffer<ArrayBuffer> {
  const reader = protobuf.Reader.create(bytes);
  const kept: Uint8Array[] = [];
  try {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const tag = reader.uint32();
      reader.skipType(tag & 7);
      if (tag >>> 3 !== fieldNumber) kept.push(bytes.subarray(start, reader.pos));
    }
  } catch (cause) {
    throw new DomainError("invalid", "Invalid Feast message.", { cause });
  }
  return Buffer.concat(kept);
}

/** Returns a message with one more field, of bytes or of a message. */
export function withField(bytes: Uint8Array, fieldNumber: number, value: Uint8Array): Buffer {
  const field = protobuf.Writer.create()
    .uint32((fieldNumber << 3) | 2)
    .bytes(value)
    .finish();
  return Buffer.concat([bytes, field]);
}
