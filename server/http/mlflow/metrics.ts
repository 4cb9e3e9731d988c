import { DomainError } from "#server/base/errors.ts";
import {
  getMetricHistory,
  getMetricHistoryOfRuns,
  maxPoints,
  type RunPoint,
  sampleMetricHistory,
} from "#server/develop/tracking/metrics/history-queries.ts";
import { type Call, call } from "./call.ts";
import { int64, list, missing, required, text, withDefault } from "./fields.ts";
import { compact, metricOnWire } from "./shapes.ts";

const maxRuns = 100;
const maxSampled = 2500;
const seeDocs = "See the API docs for more information about request parameters.";

const pointOnWire = ({ runId, ...point }: RunPoint): object => metricOnWire(point, { run_id: runId });

/** Returns the limit; omitted and 0 mean as many as fit. */
function limitOf(sent: number | undefined): number {
  if (sent !== undefined && sent < 0) {
    throw new DomainError(
      "invalid",
      `Invalid value ${sent} for parameter 'max_results' supplied. It must be a positive integer`,
    );
  }
  return Math.min(sent || maxPoints, maxPoints);
}

export const metricCalls: Call[] = [
  call(
    "GET",
    "metrics/get-history",
    { run_id: required(text()), metric_key: required(text()), max_results: int64(), page_token: text() },
    async (ctx, { run_id, metric_key, max_results, page_token }) => {
      const { rows, nextPageToken } = await getMetricHistory(ctx, {
        runId: run_id,
        key: metric_key,
        limit: limitOf(max_results),
        pageToken: page_token,
      });
      return compact({ metrics: rows.map((point) => metricOnWire(point)), next_page_token: nextPageToken });
    },
  ),
  call(
    "GET",
    "metrics/get-history-bulk",
    { run_id: list(withDefault(text(), "")), metric_key: text(), max_results: int64() },
    async (ctx, { run_id, metric_key, max_results }) => {
      const call = "GetMetricHistoryBulk request";
      if (run_id.length === 0) throw new DomainError("invalid", `${call} must specify at least one run_id.`);
      if (!metric_key) throw new DomainError("invalid", `${call} must specify a metric_key.`);
      if (run_id.length > maxRuns) {
        throw new DomainError(
          "invalid",
          `${call} cannot specify more than ${maxRuns} run_ids. Received ${run_id.length} run_ids.`,
        );
      }
      const found = await getMetricHistoryOfRuns(ctx, { runIds: run_id, key: metric_key, limit: limitOf(max_results) });
      return { metrics: found.map(pointOnWire) };
    },
    { isForBrowsers: true },
  ),
  call(
    "GET",
    "metrics/get-history-bulk-interval",
    {
      run_ids: list(withDefault(text(), "")),
      metric_key: required(text()),
      start_step: int64(),
      end_step: int64(),
      max_results: withDefault(int64(), maxSampled),
    },
    async (ctx, input) => {
      const { run_ids: runIds, metric_key: key, max_results: limit } = input;
      if (runIds.length === 0) throw missing("run_ids");
      if (runIds.length > maxRuns) {
        throw new DomainError(
          "invalid",
          `GetMetricHistoryBulkInterval request must specify at most ${maxRuns} run_ids. Received ${runIds.length} run_ids. ${seeDocs}`,
        );
      }
      if (limit < 1 || limit > maxSampled) {
        throw new DomainError("invalid", `max_results must be between 1 and ${maxSampled}. ${seeDocs}`);
      }
      const range = rangeOf(input.start_step, input.end_step);
      const found = await sampleMetricHistory(ctx, { runIds, key, limit, range });
      return compact({ metrics: found.map(pointOnWire) });
    },
  ),
];

function rangeOf(start: number | undefined, end: number | undefined): { start: number; end: number } | undefined {
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined || end === undefined) {
    throw new DomainError("invalid", "If either start step or end step are specified, both must be specified.");
  }
  if (start > end) {
    throw new DomainError(
      "invalid",
      `end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`,
    );
  }
  return { start, end };
}
