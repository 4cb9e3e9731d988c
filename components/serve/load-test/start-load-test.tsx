"use client";

import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { StartLoadTest } from "#server/serve/load-test/contract.ts";
import { loadTestsHref } from "../endpoints/addresses.ts";
import { type LoadDraft, LoadFields } from "./load-fields.tsx";
import classes from "./load-test.module.css";
import { ramp } from "./ramp.ts";

/** A version that can be tested. */
interface TestableVersion {
  model: string;
  version: number;
  /** Whether it serves live traffic. */
  isLive: boolean;
}

interface StartLoadTestProps {
  endpoint: { id: string; name: string };
  /** The first one is proposed. */
  versions: readonly TestableVersion[];
  start: (input: StartLoadTest) => Promise<ActionState<{ id: string }>>;
  actorName: string;
  /** Reason why no one, or not this user, can start one now. */
  why?: string | undefined;
}

const proposed: LoadDraft = {
  first: 10,
  last: 100,
  steps: 7,
  stepSeconds: 20,
  rows: 1,
  maxInFlight: 200,
  arrivals: "poisson",
  inputs: "synthetic",
};

/** Chooses a version and a ramp of rates, and starts a load test after a reason. */
export function StartLoadTestButton({ endpoint, versions, start, actorName, why }: StartLoadTestProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const [draft, setDraft] = useState(proposed);
  const [position, setPosition] = useState(0);
  const [confirmsLive, setConfirmsLive] = useState(false);
  const chosen = versions[position];
  const { complaints, refused, reset } = useComplaints(
    (field) => field === "confirmsLive" || field.startsWith("settings."),
  );
  const rates = ramp(Number(draft.first), Number(draft.last), Number(draft.steps));
  const lasts = formatDuration(rates.length * Number(draft.stepSeconds) * 1000);

  function close() {
    setOpened(false);
    reset();
  }

  async function confirm(reason: string): Promise<string | false | undefined> {
    if (!chosen) return "No version available to test.";
    const { arrivals, inputs } = draft;
    const numbers = { stepSeconds: Number(draft.stepSeconds), maxInFlight: Number(draft.maxInFlight) };
    const result = await start({
      endpointId: endpoint.id,
      model: chosen.model,
      version: chosen.version,
      reason,
      confirmsLive,
      settings: { rates, arrivals, inputs, rows: Number(draft.rows), ...numbers } as StartLoadTest["settings"],
    });
    if (!result.ok || !result.data) return refused(result);
    toast.done("The load test starts once gateways have loaded the version.");
    router.push(loadTestsHref(endpoint.name, result.data.id));
    return undefined;
  }

  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        disabled={Boolean(why) || !chosen}
        leftSection={<IconActivity size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => setOpened(true)}
      >
        Start load test…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={close}
        title={`Load test of ${endpoint.name}`}
        consequences={[
          { label: "Sends", value: `${rates.join(", ")} requests per second, ${lasts} at most` },
          {
            label: "Affects",
            value: "live requests share the gateways; the test stops if they slow down or fail more often",
          },
          { label: "Excluded from", value: "live statistics, the prediction log and the cache" },
        ]}
        reasons={["Latency gate", "Capacity", "Compare versions"]}
        confirmLabel="Start load test"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      >
        <div className={classes.form}>
          <NativeSelect
            label="Version"
            data={versions.map(({ model, version, isLive }, index) => ({
              value: String(index),
              label: `${model} v${version}${isLive ? ", serving live traffic" : ""}`,
            }))}
            value={String(position)}
            onChange={(event) => setPosition(Number(event.currentTarget.value))}
          />
          <LoadFields draft={draft} onChange={setDraft} complaints={complaints} />
          {chosen?.isLive && (
            <Checkbox
              label="Test it although it serves live traffic, which queues behind test requests"
              checked={confirmsLive}
              onChange={(event) => setConfirmsLive(event.currentTarget.checked)}
              error={complaints.confirmsLive}
            />
          )}
        </div>
      </ConfirmWithReason>
    </>
  );
}
