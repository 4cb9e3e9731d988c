import Link from "next/link";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { whyNot } from "#app/_lib/why-not.ts";
import { FirstModel } from "#components/registry/first-model.tsx";
import { ModelsTable } from "#components/registry/models-table.tsx";
import { RegisterVersion } from "#components/registry/register-version.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { listModels } from "#server/registry/model-queries.ts";
import { registerAction } from "./actions.ts";
import { mostUploadBytes } from "./upload-limit.ts";

export const metadata = { title: "Models" };

const perPage = 50;

export default async function ModelsPage({ searchParams }: PageProps<"/models">) {
  const { after } = await searchParams;
  const ctx = await requireContext();
  const models = await listModels(ctx, { after: typeof after === "string" ? after : undefined, limit: perPage + 1 });
  const shown = models.slice(0, perPage);
  const next = models.length > perPage ? shown.at(-1)?.name : undefined;
  const apiUrl = `${runtime().config.publicUrl}/api/v1`;
  return (
    <Page crumbs={[{ label: "Models" }]} live>
      <LiveRefresh topics={["model", "endpoint"]} />
      <PageHead
        title="Models"
        context={contextOf(shown.length, after !== undefined || next !== undefined)}
        actions={
          <RegisterVersion
            maxBytes={mostUploadBytes}
            apiUrl={apiUrl}
            register={registerAction}
            why={whyNot(ctx.actor.role, "registerUpload")}
            primary
          />
        }
      />
      <Panel flush>
        {shown.length === 0 ? (
          <FirstModel trackingUrl={runtime().config.publicUrl} />
        ) : (
          <ModelsTable
            models={shown}
            foot={
              <>
                <span>{plural(shown.length, "model")}, by name</span>
                {next && <Link href={`/models?after=${encodeURIComponent(next)}`}>Next</Link>}
              </>
            }
          />
        )}
      </Panel>
    </Page>
  );
}

function contextOf(count: number, isPart: boolean): string | undefined {
  return count === 0 || isPart ? undefined : plural(count, "registered model");
}
