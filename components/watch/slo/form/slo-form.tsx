"use client";

import { Button, Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ProposeViewLimit, ViewLimitProposal } from "#server/watch/features/contract.ts";
import type { CreateSlo, SloDraft } from "#server/watch/slo/objectives/contract.ts";
import type { Replay, ReplaySlo } from "#server/watch/slo/replay/contract.ts";
import { sloHref } from "../addresses.ts";
import { ReplayReportView } from "../replay/replay-report.tsx";
import { describeProposal, isSameProposal, proposalAsked, withProposal } from "./describe-proposal.ts";
import { definitionOf, type FormDraft } from "./draft.ts";
import { complaintOf } from "./fields.ts";
import { IndicatorFields } from "./indicator-fields.tsx";
import { describeObjective } from "./objective-sentence.ts";
import { RulesFields, type StandardRules } from "./rules-fields.tsx";
import classes from "./slo-form.module.css";
import { TargetFields } from "./target-fields.tsx";

export interface Choice {
  value: string;
  label: string;
}

interface SloFormProps {
  initial: FormDraft;
  /** Saved SLO, whose settings without a form field are retained. Undefined for a new one. */
  saved?: { definition: SloDraft; name: string } | undefined;
  choices: { endpoints: Choice[]; views: Choice[]; slos: Choice[]; teams: Choice[]; runbooks: Choice[] };
  save: (input: CreateSlo & { reason: string }) => Promise<ActionState<{ name: string }>>;
  replay: (input: ReplaySlo) => Promise<ActionState<Replay>>;
  propose: (input: ProposeViewLimit) => Promise<ActionState<ViewLimitProposal>>;
  standard: StandardRules;
}

/** Edits an SLO: describes the objective in a sentence, and shows how often it would have paged before it is saved. */
export function SloForm({ initial, saved, choices, save, replay, propose, standard }: SloFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(initial);
  const [reason, setReason] = useState("");
  const saving = useAction(save);
  const replaying = useAction(replay);
  const proposing = useAction(propose);
  const complaints = { ...replaying.state.fieldErrors, ...saving.state.fieldErrors };
  const change = (next: Partial<FormDraft>) => setDraft((before) => ({ ...before, ...next }));
  const fields = { draft, change, complaints };
  const { data } = proposing.state;
  const [proposedFor, setProposedFor] = useState<ProposeViewLimit>();
  const isProposed = proposedFor !== undefined && isSameProposal(proposedFor, proposalAsked(draft));
  const proposal = {
    run: () => {
      const asked = proposalAsked(draft);
      setProposedFor(asked);
      proposing.run(asked, (proposed) => setDraft((before) => withProposal(before, asked, proposed)));
    },
    busy: proposing.busy,
    hint: !isProposed ? undefined : data ? describeProposal(data) : proposing.state.error,
  };
  const view = choices.views.find(({ value }) => value === draft.viewId)?.label;
  const endpoint = choices.endpoints.find(({ value }) => value === draft.endpointId)?.label;
  // Rules that are left out are the standard ones; those of the saved definition would not follow a change of the period.
  const { rules: _, ...kept } = saved?.definition ?? { rules: undefined };
  const definition = { ...kept, ...definitionOf(draft) } as SloDraft;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { name, teamId, runbookId } = draft;
    saving.run({ name, definition, teamId, runbookId, reason }, (done) => router.push(sloHref(done.name)));
  }

  return (
    <div className={classes.layout}>
      <Panel title={saved ? `Edit ${saved.name}` : "Objective"}>
        <form className={classes.form} onSubmit={submit} noValidate>
          <p className={classes.promise}>{describeObjective(draft, endpoint, view)}</p>
          <IndicatorFields
            {...fields}
            endpoints={choices.endpoints}
            views={choices.views}
            slos={choices.slos}
            propose={proposal}
          />
          <TargetFields {...fields} />
          <div className={classes.pair}>
            <TextInput
              label="Name"
              description="Used in URLs, alerts and files; cannot be changed."
              placeholder="churn-availability"
              disabled={saved !== undefined}
              value={draft.name}
              error={complaintOf(complaints, "name")}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <TextInput
              label="Display name"
              description="Leave empty to show the SLI."
              value={draft.displayName}
              error={complaintOf(complaints, "definition.displayName")}
              onChange={(event) => change({ displayName: event.currentTarget.value })}
            />
          </div>
          <RulesFields {...fields} standard={standard} />
          <div className={classes.pair}>
            <Select
              label="Owner"
              description="Leave empty to use the team of the endpoint or its model."
              data={choices.teams}
              value={draft.teamId}
              clearable
              error={complaintOf(complaints, "teamId")}
              onChange={(teamId) => change({ teamId })}
            />
            <Select
              label="Runbook"
              description="What to do when the error budget burns."
              data={choices.runbooks}
              value={draft.runbookId}
              clearable
              error={complaintOf(complaints, "runbookId")}
              onChange={(runbookId) => change({ runbookId })}
            />
          </div>
          <Checkbox
            label="Freeze changes when the error budget is exhausted"
            description="Rollouts and deployments to this endpoint; fixes and rollbacks are still allowed."
            checked={draft.freezes}
            onChange={(event) => change({ freezes: event.currentTarget.checked })}
          />
          {saved && (
            <Textarea
              label="Reason"
              rows={2}
              value={reason}
              error={complaintOf(complaints, "reason")}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {saving.state.error && (
            <p className={classes.error} role="alert">
              {saving.state.error}
            </p>
          )}
          <div className={classes.foot}>
            <Button variant="default" component="a" href={saved ? sloHref(saved.name) : "/slos"}>
              Cancel
            </Button>
            <Button type="submit" aria-disabled={saving.busy}>
              {saving.busy ? "Saving…" : saved ? "Save changes" : "Create SLO"}
            </Button>
          </div>
        </form>
      </Panel>
      <Panel
        title="Preview"
        subtitle="the last 30 days with these rules"
        right={
          <Button
            size="xs"
            variant="default"
            aria-disabled={replaying.busy}
            onClick={() => replaying.run({ definition, days: 30, ...(saved && { slo: saved.name }) })}
          >
            {replaying.busy ? "Replaying…" : "Replay 30 days"}
          </Button>
        }
      >
        {replaying.state.ok && replaying.state.data ? (
          <ReplayReportView {...replaying.state.data} />
        ) : (
          <p className="lw-muted" role={replaying.state.error ? "alert" : undefined}>
            {replaying.state.error ??
              Object.values(replaying.state.fieldErrors ?? {})[0] ??
              "How often would this have paged, and when? Replay it before anyone is woken up."}
          </p>
        )}
      </Panel>
    </div>
  );
}
