import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { ExportDialog } from "#components/admin/transfer/export-dialog.tsx";
import { ExportsTable } from "#components/admin/transfer/exports-table.tsx";
import { ImportDialog } from "#components/admin/transfer/import-dialog.tsx";
import { ImportsTable } from "#components/admin/transfer/imports-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listExports } from "#server/admin/transfer/exports/queries.ts";
import { listImports } from "#server/admin/transfer/imports/queries.ts";
import { maxUploadBytes } from "../../../(develop)/models/upload-limit.ts";
import { cancelExportAction, startExportAction, startFileImportAction, startImportAction } from "./actions.ts";

export const metadata: Metadata = { title: "Import and export, Settings" };

export default async function TransferPage() {
  const ctx = await requireContext();
  const refusal = denialReason(ctx.actor.role, "startImport");
  const [imports, exports] = await Promise.all([listImports(ctx), listExports(ctx)]);
  return (
    <Page crumbs={settingsCrumbs("transfer")} live>
      <LiveRefresh topics={["settings"]} />
      <PageHead
        help="connect-python#import-and-export"
        title="Import and export"
        context="Bring data in from elsewhere, or export the whole workspace as one file"
        actions={
          refusal ? (
            <span className="lw-small lw-quiet">Starting an import {refusal}</span>
          ) : (
            <>
              <ExportDialog action={startExportAction} />
              <ImportDialog
                startServer={startImportAction}
                startFile={startFileImportAction}
                maxBytes={maxUploadBytes}
                apiUrl={`${runtime().config.publicUrl}/api/v1`}
              />
            </>
          )
        }
      />
      <SettingsTabs current="transfer" />
      <Panel title="Imports" subtitle="newest first" flush>
        <ImportsTable
          imports={imports}
          empty={
            <EmptyState title="Nothing imported yet">
              Import runs, models and files from an MLflow server, an mlruns folder, TensorBoard or another Leeway
              instance, including their history. An interrupted import resumes where it stopped; importing again skips
              unchanged items.
            </EmptyState>
          }
        />
      </Panel>
      <Panel title="Exports" subtitle="newest first; files are kept for 7 days" flush>
        <ExportsTable
          exports={exports}
          cancel={refusal ? undefined : cancelExportAction}
          empty={
            <EmptyState title="No exports yet">
              An export is a zip of Parquet and JSON files that any tool can read and Leeway can import again.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
