import { DomainError } from "#server/base/errors.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { listArtifacts } from "#server/develop/tracking/artifacts/queries.ts";
import { type ViewType, viewTypes } from "#server/develop/tracking/contract.ts";
import { runStatuses } from "#server/develop/tracking/runs/constants.ts";
import type { RunStatus } from "#server/develop/tracking/runs/contract.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { getRun, searchRuns } from "#server/develop/tracking/runs/queries.ts";
import { restoreRun } from "#server/develop/tracking/runs/restore-run.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import { folderListing } from "./artifact-listing.ts";
import { type Call, call, idempotencyHeader } from "./call.ts";
import { choice, int64, keyAndValue, list, required, text, withDefault } from "./fields.ts";
import { experimentIdOf, experimentIdsOf, pageSizeOf } from "./ids.ts";
import { compact, runInfoOnWire, runOnWire } from "./shapes.ts";

const maxPageSize = 50_000;
const one = { run_id: required(text()) };

export const runCalls: Call[] = [
  call(
    "POST",
    "runs/create",
    {
      experiment_id: text(),
      user_id: text(),
      run_name: text(),
      start_time: int64(),
      tags: list(keyAndValue()),
      [idempotencyHeader]: text(),
    },
    async (ctx, input) => {
      const run = await createRun(
        ctx,
        {
          experimentId: experimentIdOf(input.experiment_id || "0"),
          userName: input.user_id,
          name: input.run_name,
          startedAt: input.start_time,
          tags: input.tags,
        },
        input[idempotencyHeader],
      );
      return { run: runOnWire(run, { outputs: false, modelInputs: false }) };
    },
  ),
  call("GET", "runs/get", one, async (ctx, { run_id }) => ({
    run: runOnWire(await getRun(ctx, run_id), { outputs: true, modelInputs: true }),
  })),
  call(
    "POST",
    "runs/update",
    { ...one, status: choice<RunStatus>(runStatuses), end_time: int64(), run_name: text() },
    async (ctx, { run_id, status, end_time, run_name }) => ({
      run_info: runInfoOnWire(await updateRun(ctx, { runId: run_id, status, endedAt: end_time, name: run_name })),
    }),
  ),
  call("POST", "runs/delete", one, async (ctx, { run_id }) => {
    await deleteRun(ctx, run_id);
    return {};
  }),
  call("POST", "runs/restore", one, async (ctx, { run_id }) => {
    await restoreRun(ctx, run_id);
    return {};
  }),
  call(
    "POST",
    "runs/search",
    {
      experiment_ids: list(required(text())),
      filter: withDefault(text(), ""),
      run_view_type: withDefault(choice<ViewType>(viewTypes), "ACTIVE_ONLY"),
      max_results: withDefault(int64(), 1000),
      order_by: list(withDefault(text(), "")),
      page_token: text(),
    },
    async (ctx, input) => {
      const { rows, nextPageToken } = await searchRuns(ctx, {
        experimentIds: experimentIdsOf(input.experiment_ids),
        filter: input.filter,
        viewType: input.run_view_type,
        orderBy: input.order_by,
        limit: pageSizeOf(input.max_results, maxPageSize),
        pageToken: input.page_token,
      });
      const runs = rows.map((run) => runOnWire(run, { outputs: true, modelInputs: false }));
      return compact({ runs, next_page_token: nextPageToken });
    },
  ),
  call(
    "GET",
    "artifacts/list",
    { ...one, path: withDefault(text(), "") },
    async (ctx, { run_id, path }, { artifacts }) => {
      const folder = path.replace(/\/$/, "");
      pathInRoot("", folder);
      const { artifactUri } = await getRun(ctx, run_id);
      return folderListing(artifactUri, folder, (inStore) => listArtifacts(ctx, artifacts, inStore));
    },
  ),
  call(
    "POST",
    "artifacts/presigned-upload-url",
    { ...one, path: required(text()), expiration: int64() },
    async (ctx, { run_id, path }) => {
      const { artifactUri } = await getRun(ctx, run_id);
      const scheme = pathInRoot(artifactUri, path) === undefined ? "other" : "mlflow-artifacts";
      throw new DomainError(
        "invalid",
        `Presigned upload is not supported for runs with proxied artifact storage (artifact URI scheme: ${scheme}). This endpoint requires a run with a direct cloud storage artifact URI.`,
      );
    },
  ),
];
