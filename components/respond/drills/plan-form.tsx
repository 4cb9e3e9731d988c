"use client";

import { Checkbox, NativeSelect, Radio, Textarea, TextInput } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useState } from "react";
import form from "#components/improve/training/forms.module.css";
import { TrainingForm } from "#components/improve/training/training-form.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  type GameDay,
  type GameDayPlan,
  limits,
  type Precondition,
  type Replay,
} from "#server/respond/drills/contract.ts";
import { fieldTime } from "../silences/silence-times.ts";
import { gameDayHref, gameDayName, gameDaysPath } from "./addresses.ts";
import classes from "./drills.module.css";
import { ExpectationFields } from "./expectation-fields.tsx";
import { FaultFields, FaultTiles } from "./fault-fields.tsx";
import { type FieldProblems, missingIn, placeProblems } from "./field-problems.ts";
import { describeReplay } from "./game-day-text.ts";
import { isOfRequests, newPlanDraft, nextPlanDraft, type PlanDraft, planDraftOf, readPlanDraft } from "./plan-draft.ts";
import { AbortRules } from "./plan-panels.tsx";
import { PreconditionsPanel } from "./preconditions-panel.tsx";
import { ReplayPanels } from "./replay-panels.tsx";
import { useReplay } from "./use-replay.ts";

/** What the fields of the form offer. */
export interface PlanOptions {
  endpoints: string[];
  /** Names of the inputs of the chosen endpoint. */
  inputs: string[];
  views: string[];
  jobs: { id: string; name: string }[];
  channels: { id: string; name: string }[];
  people: { id: string; name: string }[];
  isAdmin: boolean;
  /** Whether faults that touch every workspace are possible. */
  isInstanceAdmin: boolean;
}

interface PlanFormProps {
  /** Game day that is changed; without it, one is planned. */
  day?: GameDay;
  /** Earlier game day whose plan is repeated. */
  previous?: GameDay | undefined;
  /** Endpoint chosen in the address. */
  endpoint?: string | undefined;
  preconditions?: readonly Precondition[];
  options: PlanOptions;
  plan: (plan: GameDayPlan) => Promise<ActionState<{ number: number }>>;
  update: (input: { number: number; revision: number; plan: GameDayPlan }) => Promise<ActionState<{ number: number }>>;
  replay: (plan: GameDayPlan) => Promise<ActionState<Replay>>;
  /** Reason why this user may not. */
  why: string | undefined;
}

/** Renders the form that plans a game day or changes its plan, beside what the plan would do. */
export function PlanForm({
  day,
  previous,
  endpoint,
  preconditions,
  options,
  plan,
  update,
  replay,
  why,
}: PlanFormProps) {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const [draft, setDraft] = useState<PlanDraft>(() => initialDraft(day, previous, endpoint));
  const [missing, setMissing] = useState<FieldProblems>({});
  const { state, busy, run, reset } = useAction(async (typed: PlanDraft) => {
    const read = readPlanDraft(typed);
    return day ? update({ number: day.number, revision: day.revision, plan: read }) : plan(read);
  });
  const replayed = useReplay(draft, replay);
  const { at, other } = placeProblems(state.fieldErrors, draft);
  const problems = { ...at, ...missing };

  const set = (part: Partial<PlanDraft>) => {
    reset();
    setMissing({});
    setDraft({ ...draft, ...part });
  };
  /** The server then reads the inputs of this endpoint; what is typed stays. */
  function chooseEndpoint(name: string) {
    set({ endpoint: name });
    const next = new URLSearchParams(query);
    next.set("endpoint", name);
    router.replace(`${pathname}?${next}`, { scroll: false });
  }
  function submit() {
    if (why !== undefined) return;
    const found = missingIn(draft);
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    run(draft, ({ number }) => {
      toast.done(day ? `Plan of ${gameDayName(number)} saved.` : `Planned ${gameDayName(number)}.`);
      router.push(gameDayHref(number));
    });
  }

  const minutes = Number(draft.minutes);
  return (
    <TrainingForm
      label={day ? `Edit the plan of ${gameDayName(day.number)}` : "Plan a game day"}
      onSubmit={submit}
      button={day ? "Save changes" : "Save plan"}
      why={why}
      isBusy={busy}
      cancelHref={day ? gameDayHref(day.number) : gameDaysPath}
    >
      <FormProblem state={other === "" ? state : { ...state, error: other }} />
      <p className={classes.sentence} role="status">
        {replayed ? describeReplay(replayed, draft.kind) : "Choose an endpoint to see the effects of the plan."}
      </p>
      <Columns columns="minmax(0, 1fr) 480px">
        <Panel>
          <PanelSection>
            <Textarea
              label="Hypothesis"
              description="one falsifiable sentence"
              placeholder="With 120 ms added to 10% of responses for 10 minutes, on-call is notified within 12 minutes."
              rows={2}
              maxLength={500}
              value={draft.hypothesis}
              error={problems.hypothesis}
              onChange={(event) => set({ hypothesis: event.currentTarget.value })}
            />
          </PanelSection>
          <PanelSection title="Fault">
            <FaultTiles draft={draft} set={set} isInstanceAdmin={options.isInstanceAdmin} />
          </PanelSection>
          <PanelSection>
            <div className={form.fields}>
              <NativeSelect
                label="Endpoint"
                value={draft.endpoint}
                error={problems.endpoint}
                data={choices(options.endpoints, draft.endpoint)}
                onChange={(event) => chooseEndpoint(event.currentTarget.value)}
              />
              <FaultFields draft={draft} set={set} problems={problems} {...options} />
              {isOfRequests(draft.kind) && (
                <TextInput
                  label="Share, %"
                  description={`at most ${(options.isAdmin ? limits.adminShare : limits.share) * 100}`}
                  value={draft.sharePercent}
                  error={problems.sharePercent}
                  onChange={(event) => set({ sharePercent: event.currentTarget.value })}
                />
              )}
              <TextInput
                label="Duration, min"
                description={`at most ${limits.minutes}`}
                value={draft.minutes}
                error={problems.minutes}
                onChange={(event) => set({ minutes: event.currentTarget.value })}
              />
            </div>
            <div className={classes.choices}>
              {isOfRequests(draft.kind) && <ScopeChoice draft={draft} set={set} />}
              <Checkbox
                label="Announce to on-call"
                checked={draft.isAnnounced}
                onChange={(event) => set({ isAnnounced: event.currentTarget.checked })}
              />
            </div>
          </PanelSection>
          <PanelSection title="Expectations">
            <ExpectationFields draft={draft} set={set} problems={problems} />
          </PanelSection>
          <PanelSection title="Abort conditions">
            <AbortRules minutes={Number.isFinite(minutes) && minutes > 0 ? minutes : null} />
          </PanelSection>
          <PanelSection>
            <div className={form.fields}>
              <NativeSelect
                label="Owner"
                description="keeps the page open while it runs"
                value={draft.ownerId}
                error={problems.ownerId}
                data={[
                  { value: "", label: "You" },
                  ...options.people.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={(event) => set({ ownerId: event.currentTarget.value })}
              />
              <StartFields draft={draft} set={set} problems={problems} />
            </div>
          </PanelSection>
        </Panel>
        <Stack>
          <ReplayPanels replay={replayed} kind={draft.kind} minutes={Number.isFinite(minutes) ? minutes : 0} />
          {preconditions && <PreconditionsPanel preconditions={preconditions} checkedAgain="of the saved plan" />}
        </Stack>
      </Columns>
    </TrainingForm>
  );
}

interface PartProps {
  draft: PlanDraft;
  set: (part: Partial<PlanDraft>) => void;
}

function ScopeChoice({ draft, set }: PartProps): ReactNode {
  return (
    <Radio.Group
      aria-label="Requests"
      value={draft.scope}
      onChange={(value) => set({ scope: value === "requests" ? "requests" : "header" })}
    >
      <div className={classes.choices}>
        <Radio value="requests" label="By request ID" />
        <Radio value="header" label="Only with the header" />
      </div>
    </Radio.Group>
  );
}

function StartFields({ draft, set, problems }: PartProps & { problems: FieldProblems }) {
  const isHydrated = useHydrated();
  return (
    <>
      <TextInput
        label="Start"
        type="datetime-local"
        description="if empty, someone starts it manually"
        value={isHydrated && draft.startsAt !== "" ? fieldTime(new Date(draft.startsAt)) : ""}
        error={problems.startsAt}
        onChange={(event) => set({ startsAt: isoOf(event.currentTarget.value) })}
      />
      <Checkbox
        label="Repeat each month"
        description="requires a start; skipped while a precondition fails"
        checked={draft.isMonthly}
        disabled={draft.startsAt === ""}
        error={problems.isMonthly}
        onChange={(event) => set({ isMonthly: event.currentTarget.checked })}
      />
    </>
  );
}

function initialDraft(
  day: GameDay | undefined,
  previous: GameDay | undefined,
  endpoint: string | undefined,
): PlanDraft {
  if (day) return planDraftOf(day);
  const draft = previous ? nextPlanDraft(previous) : newPlanDraft;
  return endpoint === undefined ? draft : { ...draft, endpoint };
}

/** Endpoints as options; one that a plan names stays a choice, even if it is beyond the list. */
function choices(endpoints: readonly string[], chosen: string) {
  const listed = endpoints.includes(chosen) || chosen === "" ? endpoints : [...endpoints, chosen];
  return [{ value: "", label: "Choose…" }, ...listed.map((name) => ({ value: name, label: name }))];
}

/** Reads a field of type datetime-local, in the user's time zone. */
function isoOf(value: string): string {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
