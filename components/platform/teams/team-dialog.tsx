"use client";

import { Button, Modal, MultiSelect, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { rolloutPlanNames, rolloutPlans } from "#server/platform/teams/constants.ts";
import type { CreateTeam, Team } from "#server/platform/teams/contract.ts";

const planChoices = rolloutPlans.map((value) => ({ value, label: rolloutPlanNames[value] }));

type Choice = { value: string; label: string };

interface TeamDialogProps {
  /** Team to edit; without it, the dialog creates a new one. */
  team?: Team;
  people: Choice[];
  policies: Choice[];
  models: string[];
  endpoints: string[];
  save: (input: CreateTeam & { teamId?: string }) => Promise<ActionState<unknown>>;
}

/** Renders the button and the dialog that create or edit a team. */
export function TeamDialog(props: TeamDialogProps) {
  const [opened, setOpened] = useState(false);
  const { team } = props;
  return (
    <>
      <Button
        {...(team && { variant: "default" })}
        onClick={() => setOpened(true)}
        aria-label={team && `Edit ${team.name}`}
      >
        {team ? "Edit…" : "Create team…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={team ? `Edit ${team.name}` : "New team"}
        size={520}
        yOffset="8vh"
      >
        <TeamForm {...props} onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function TeamForm({
  team,
  people,
  policies,
  models,
  endpoints,
  save,
  onDone,
}: TeamDialogProps & { onDone: () => void }) {
  const { state, busy, run } = useAction(save);
  const refresh = useRefresh();
  const idsOf = (part: "lead" | "member") =>
    team?.members.filter((each) => each.part === part).map((each) => each.userId) ?? [];
  const [name, setName] = useState(team?.name ?? "");
  const [description, setDescription] = useState(team?.description ?? "");
  const [leads, setLeads] = useState(idsOf("lead"));
  const [members, setMembers] = useState(idsOf("member"));
  const [ownModels, setModels] = useState(team?.models ?? []);
  const [ownEndpoints, setEndpoints] = useState(team?.endpoints ?? []);
  const [policy, setPolicy] = useState(team?.policy?.id ?? null);
  const [plan, setPlan] = useState(team?.rolloutPlan ?? null);
  const complaints = state.fieldErrors ?? {};

  function submit() {
    const rest = members.filter((id) => !leads.includes(id));
    const all = [
      ...leads.map((userId) => ({ userId, part: "lead" as const })),
      ...rest.map((userId) => ({ userId, part: "member" as const })),
    ];
    const input = {
      name,
      description,
      escalationPolicyId: policy,
      rolloutPlan: plan,
      members: all,
      models: ownModels,
      endpoints: ownEndpoints,
    };
    run({ ...input, ...(team && { teamId: team.id }) }, () => {
      toast.done(`Team ${name} saved.`);
      void refresh();
      onDone();
    });
  }
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <FormProblem state={state} />
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={complaints.name}
        data-autofocus
      />
      <Textarea
        label="Description"
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <MultiSelect
        label="Leads"
        description="Notified when no on-call engineer responds."
        data={people}
        value={leads}
        onChange={setLeads}
        searchable
      />
      <MultiSelect
        label="Members"
        data={people}
        value={members}
        onChange={setMembers}
        searchable
        error={complaints.members}
      />
      <TagsInput
        label="Models"
        description="An endpoint without its own team belongs to its model's team."
        data={models}
        value={ownModels}
        onChange={setModels}
        error={complaints.models}
      />
      <TagsInput
        label="Endpoints"
        data={endpoints}
        value={ownEndpoints}
        onChange={setEndpoints}
        error={complaints.endpoints}
      />
      <Select
        label="Escalation"
        data={policies}
        value={policy}
        onChange={setPolicy}
        clearable
        placeholder="Default"
        error={complaints.escalationPolicyId}
      />
      <Select
        label="Rollout plan"
        description="Rollouts on the team's endpoints start with this plan."
        data={planChoices}
        value={plan}
        onChange={(value) => setPlan(rolloutPlans.find((each) => each === value) ?? null)}
        clearable
        placeholder="Standard"
        error={complaints.rolloutPlan}
      />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save team"}
        </Button>
      </div>
    </form>
  );
}
