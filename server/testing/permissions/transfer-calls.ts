import { Readable } from "node:stream";
import { cancelExport } from "#server/admin/transfer/exports/cancel-export.ts";
import { getExport, listExports, openExport } from "#server/admin/transfer/exports/queries.ts";
import { runExport } from "#server/admin/transfer/exports/run-export.ts";
import { startExport } from "#server/admin/transfer/exports/start-export.ts";
import { cancelImport } from "#server/admin/transfer/imports/cancel-import.ts";
import { getImport, listImportItems, listImports } from "#server/admin/transfer/imports/queries.ts";
import { runImport } from "#server/admin/transfer/imports/run-import.ts";
import { startFileImport } from "#server/admin/transfer/imports/start-file-import.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import { resumeTransfers } from "#server/admin/transfer/resume-transfers.ts";
import type { Calls } from "./call.ts";

const rules = { allowsPrivate: true };
/** Rules that allow no private address, so that running an import ends immediately. */
const closed = { allowsPrivate: false };

/** Imports and exports. */
export const transferCalls = {
  listImports: (ctx) => listImports(ctx),
  getImport: (ctx, { importId }) => getImport(ctx, importId),
  listImportItems: (ctx, { importId }) => listImportItems(ctx, { importId }),
  startImport: (ctx) => startImport(ctx, { address: "http://127.0.0.1:1" }, rules),
  startFileImport: (ctx, { store }) =>
    startFileImport(ctx, { kind: "mlruns", fileName: "mlruns.zip" }, Readable.from([Buffer.from("PK")]), {
      artifacts: store,
      maxBytes: 100,
    }),
  runImport: (ctx, { importId, store }) => runImport(ctx, importId, { artifacts: store, rules: closed, maxBytes: 100 }),
  cancelImport: (ctx, { importId }) => cancelImport(ctx, importId),
  listExports: (ctx) => listExports(ctx),
  getExport: (ctx, { exportId }) => getExport(ctx, exportId),
  openExport: (ctx, { exportId, store }) => openExport(ctx, exportId, store),
  startExport: (ctx) => startExport(ctx, {}),
  runExport: (ctx, { exportId, store }) => runExport(ctx, exportId, store),
  cancelExport: (ctx, { exportId }) => cancelExport(ctx, exportId),
  resumeTransfers: (ctx, { store }) => resumeTransfers(ctx, store),
} satisfies Calls;
