import { cache } from "react";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { SilenceForm } from "#components/respond/silences/silence-form.tsx";
import { SilencesTable } from "#components/respond/silences/silences-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { printMatcher } from "#server/alerting/alerts/matchers/print-matchers.ts";
import { DomainError } from "#server/base/errors.ts";
import { getSilence } from "#server/respond/silences/queries.ts";
import { expireAction, previewAction, saveSilenceAction } from "../actions.ts";

type Props = PageProps<"/alerts/silences/[silence]">;

const readSilence = cache(async (silenceId: string) => {
  const ctx = await requireContext();
  if (!z.uuid().safeParse(silenceId).success) throw new DomainError("not-found", "Silence not found.");
  return getSilence(ctx, { silenceId });
});

export const metadata = { title: "Silence, Alerts" };

export default async function SilencePage({ params }: Props) {
  const ctx = await requireContext();
  const silence = await found(readSilence((await params).silence));
  const { id, startsAt, endsAt, comment, state } = silence;
  const hasEnded = state === "expired";
  const why = denialReason(ctx.actor.role, "setSilence");
  return (
    <Page crumbs={[...alertsCrumbs("silences", true), { label: "Silence" }]}>
      <PageHead help="on-call#silences" title={comment} context={`Set by ${silence.createdBy}`} />
      <Panel flush>
        <SilencesTable silences={[silence]} expire={why ? undefined : expireAction} empty={null} />
      </Panel>
      <Panel title={hasEnded ? "Silence again" : "Edit silence"}>
        {why ? (
          <EmptyState title="You cannot edit silences">Editing silences {why}.</EmptyState>
        ) : (
          <SilenceForm
            silence={{
              ...(!hasEnded && { id, startsAt, endsAt }),
              comment,
              matchers: silence.matchers.map(printMatcher).join(", "),
            }}
            save={saveSilenceAction}
            preview={previewAction}
          />
        )}
      </Panel>
    </Page>
  );
}
