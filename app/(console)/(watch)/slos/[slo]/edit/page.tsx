import { isDeepStrictEqual } from "node:util";
import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { sloHref } from "#components/watch/slo/addresses.ts";
import { draftOf } from "#components/watch/slo/form/draft.ts";
import { SloForm } from "#components/watch/slo/form/slo-form.tsx";
import { standardRules } from "#server/watch/slo/engine/standard-rules.ts";
import { GetSlo } from "#server/watch/slo/objectives/contract.ts";
import { getSlo } from "#server/watch/slo/objectives/queries.ts";
import { proposeViewLimitAction, replaySloAction, standardRulesAction, updateSloAction } from "../../actions.ts";
import { readFormChoices } from "../../form-choices.ts";

export const metadata = { title: "Edit SLO" };

export default async function EditSloPage({ params }: PageProps<"/slos/[slo]/edit">) {
  const ctx = await requireContext();
  const key = GetSlo.safeParse({ slo: decodeURIComponent((await params).slo) });
  if (!key.success) notFound();
  const slo = await found(getSlo(ctx, key.data));
  const { definition, revision, id, name } = slo;
  const draft = draftOf(slo);
  const standard = standardRules(definition.period, definition.indicator?.kind ?? null);
  const why = denialReason(ctx.actor.role, "updateSlo");
  const save = async (change: Parameters<typeof updateSloAction>[0]) => {
    "use server";
    return updateSloAction({ ...change, sloId: id, revision });
  };
  return (
    <Page crumbs={[{ label: "SLOs", href: "/slos" }, { label: name, href: sloHref(name) }, { label: "Edit" }]}>
      <PageHead
        help="slos#create-an-slo"
        title={slo.displayName || name}
        context="Every change keeps the previous definition, its author and the reason"
      />
      {why || !draft ? (
        <Panel>
          <EmptyState title="This SLO cannot be edited here">
            {why ? `Editing SLOs ${why}.` : "Its SLI comes from a file: edit the file and import it again."}
          </EmptyState>
        </Panel>
      ) : (
        <SloForm
          initial={{ ...draft, rules: isDeepStrictEqual(standard, definition.rules) ? null : draft.rules }}
          saved={{ definition, name }}
          choices={await readFormChoices(ctx)}
          save={save as never}
          replay={replaySloAction}
          propose={proposeViewLimitAction}
          standard={standardRulesAction}
        />
      )}
    </Page>
  );
}
