import { DomainError } from "#server/base/errors.ts";
import {
  type StoreTrace,
  type TraceInfo,
  type TraceState,
  traceStates,
} from "#server/develop/tracking/traces/contract.ts";
import { deleteTraceTag } from "#server/develop/tracking/traces/delete-trace-tag.ts";
import { deleteTraces } from "#server/develop/tracking/traces/delete-traces.ts";
import { getTraceInfo, listSpans, listTraceInfos } from "#server/develop/tracking/traces/queries.ts";
import { searchTraces } from "#server/develop/tracking/traces/search.ts";
import { setTraceTag } from "#server/develop/tracking/traces/set-trace-tag.ts";
import { storeTrace } from "#server/develop/tracking/traces/store-trace.ts";
import { toAssessments, tracedAssessmentFields } from "./assessment-fields.ts";
import { type Call, call } from "./call.ts";
import { orBadRequest } from "./errors.ts";
import {
  choice,
  type Field,
  int64,
  list,
  maybe,
  missing,
  record,
  required,
  text,
  textMap,
  type Values,
  withDefault,
  wrongType,
} from "./fields.ts";
import { experimentIdOf, experimentIdsOf } from "./ids.ts";
import { compact } from "./shapes.ts";
import { durationOf, timeOf } from "./times.ts";
import { traceInfoOnWire } from "./trace-shapes.ts";

const maxPageSize = 500;
const version = "3.0";
const one = { trace_id: required(text()) };
const location = record({ mlflow_experiment: maybe(record({ experiment_id: required(text()) })) });
// Numbered from 1, as everywhere; the number 0 represents an unspecified state.
const [unspecified, ...said] = traceStates;
const info = {
  ...one,
  client_request_id: text(),
  trace_location: required(location),
  request_preview: text(),
  response_preview: text(),
  request_time: required(timeOf()),
  execution_duration: durationOf(),
  state: withDefault(choice<TraceState>([...said, unspecified]), unspecified),
  trace_metadata: textMap(),
  tags: textMap(),
  assessments: list(record(tracedAssessmentFields)),
};

function toTrace(sent: Values<typeof info>): StoreTrace {
  return {
    id: sent.trace_id,
    experimentId: experimentOf(sent.trace_location, "trace.trace_info.trace_location"),
    startedAt: sent.request_time,
    durationMs: sent.execution_duration ?? null,
    state: sent.state,
    requestPreview: sent.request_preview ?? null,
    responsePreview: sent.response_preview ?? null,
    clientRequestId: sent.client_request_id ?? null,
    metadata: sent.trace_metadata,
    tags: sent.tags,
    assessments: toAssessments(sent.assessments),
  };
}

function experimentOf(
  traceLocation: { mlflow_experiment: { experiment_id: string } | undefined },
  path: string,
): number {
  if (!traceLocation.mlflow_experiment) throw missing(`${path}.mlflow_experiment`);
  return experimentIdOf(traceLocation.mlflow_experiment.experiment_id);
}

const withSpans = (trace: TraceInfo, spans: { content: string }[] | undefined): object =>
  compact({ trace_info: traceInfoOnWire(trace), spans: (spans ?? []).map(({ content }) => JSON.parse(content)) });

/** Traces of applications, their tags, and searching them. */
export const traceCalls: Call[] = [
  call(
    "POST",
    "traces",
    { trace: required(record({ trace_info: required(record(info)) })) },
    async (ctx, { trace }) => ({
      trace: { trace_info: traceInfoOnWire(await storeTrace(ctx, toTrace(trace.trace_info))) },
    }),
    { version },
  ),
  call(
    "GET",
    "traces/get",
    one,
    async (ctx, { trace_id }) => {
      const trace = await getTraceInfo(ctx, trace_id);
      return { trace: withSpans(trace, (await listSpans(ctx, [trace_id])).get(trace_id)) };
    },
    { version },
  ),
  call(
    "GET",
    "traces/batchGet",
    { trace_ids: list(required(text())) },
    async (ctx, { trace_ids }) => {
      const spans = await listSpans(ctx, trace_ids);
      const traces = await listTraceInfos(ctx, trace_ids);
      return compact({ traces: traces.map((trace) => withSpans(trace, spans.get(trace.id))) });
    },
    { version },
  ),
  // The specification says GET, and the client sends POST.
  ...(["GET", "POST"] as const).map((method) =>
    call(
      method,
      "traces/batchGetInfos",
      { trace_ids: list(required(text())) },
      async (ctx, { trace_ids }) =>
        compact({ trace_infos: (await listTraceInfos(ctx, trace_ids)).map(traceInfoOnWire) }),
      { version },
    ),
  ),
  call(
    "GET",
    "traces/:trace_id",
    one,
    async (ctx, { trace_id }) => ({ trace: { trace_info: traceInfoOnWire(await getTraceInfo(ctx, trace_id)) } }),
    { version },
  ),
  call(
    "POST",
    "traces/search",
    {
      locations: required(list(location)),
      filter: withDefault(text(), ""),
      max_results: pageSize(),
      order_by: list(withDefault(text(), "")),
      page_token: text(),
    },
    async (ctx, input) => {
      if (input.locations.length === 0) throw missing("locations");
      const { rows, nextPageToken } = await searchTraces(ctx, {
        experimentIds: input.locations.map((traceLocation, index) =>
          experimentOf(traceLocation, `locations[${index}]`),
        ),
        filter: input.filter,
        orderBy: input.order_by,
        limit: input.max_results,
        pageToken: input.page_token,
      });
      return compact({ traces: rows.map(traceInfoOnWire), next_page_token: nextPageToken });
    },
    { version },
  ),
  call(
    "PATCH",
    "traces/:trace_id/tags",
    { ...one, key: required(text()), value: withDefault(text(), "") },
    async (ctx, input) => {
      await setTraceTag(ctx, { traceId: input.trace_id, key: input.key, value: input.value }).catch(orBadRequest);
      return {};
    },
  ),
  call("DELETE", "traces/:trace_id/tags", { ...one, key: required(text()) }, async (ctx, { trace_id, key }) => {
    await deleteTraceTag(ctx, { traceId: trace_id, key });
    return {};
  }),
  call(
    "POST",
    "traces/delete-traces",
    {
      experiment_id: required(text()),
      max_timestamp_millis: int64(),
      max_traces: int64(),
      request_ids: list(required(text())),
    },
    async (ctx, { experiment_id, max_timestamp_millis: until, max_traces, request_ids: traceIds }) => {
      const experimentId = experimentIdsOf([experiment_id])[0] ?? -1;
      if (until === undefined && traceIds.length === 0) {
        throw new DomainError("invalid", "Either `max_timestamp_millis` or `trace_ids` must be specified.");
      }
      if (until !== undefined && traceIds.length > 0) {
        throw new DomainError("invalid", "Only one of `max_timestamp_millis` and `trace_ids` can be specified.");
      }
      if (max_traces !== undefined && (traceIds.length > 0 || max_traces < 1)) {
        throw new DomainError(
          "invalid",
          "`max_traces` must be a positive integer, and goes with `max_timestamp_millis` only.",
        );
      }
      const which = until === undefined ? { traceIds } : { startedUntil: until, atMost: max_traces };
      return { traces_deleted: await deleteTraces(ctx, { experimentId, ...which }) };
    },
  ),
];

function pageSize(): Field<number> {
  return {
    read(sent, path) {
      const size = int64().read(sent, path) ?? 100;
      if (size < 1 || size > maxPageSize) throw wrongType(sent, path);
      return size;
    },
  };
}
