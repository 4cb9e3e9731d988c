"use client";

import { NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import classes from "./analyses.module.css";
import { RequestDialog } from "./request-dialog.tsx";
import type { RequestState } from "./request-state.ts";

const providers = ["cpu", "webgpu", "cuda", "tensorrt"] as const;
type Provider = (typeof providers)[number];

interface Side {
  versionId: string | null;
  /** "" leaves it to the worker. */
  provider: Provider | "";
}

const positions = [
  { value: "", label: "the worker's default" },
  ...providers.map((provider) => ({ value: provider, label: providerName(provider) })),
];

/** Compares two versions on recorded requests, such as an original and its int8 copy, or one on two kinds of processors. */
export function ConsistencyDialog({ requestState }: { requestState: RequestState }) {
  const { endpointId, endpoint, versions, currentId, request, why } = requestState;
  const current = currentId ?? versions[0]?.id ?? null;
  const other = versions.find(({ id }) => id !== current)?.id;
  const [first, setFirst] = useState<Side>({ versionId: current, provider: "" });
  const [second, setSecond] = useState<Side>(
    other ? { versionId: other, provider: "" } : { versionId: current, provider: "cpu" },
  );
  const [percent, setPercent] = useState<number | string>(0.1);
  const [maxRequests, setMaxRequests] = useState<number | string>(300);
  const sideOf = ({ versionId, provider }: Side) => ({ versionId, providers: provider ? [provider] : [] });
  const question = () =>
    first.versionId && second.versionId
      ? {
          kind: "consistency" as const,
          consistency: {
            endpointId,
            first: { ...sideOf(first), versionId: first.versionId },
            second: { ...sideOf(second), versionId: second.versionId },
            tolerance: Number(percent) / 100,
            maxRequests: Number(maxRequests),
          },
        }
      : null;
  return (
    <RequestDialog
      label="Consistency…"
      title={`Compare predictions at ${endpoint}`}
      reads="Replays the latest requests from the prediction log one at a time on the worker and compares both predictions: two versions (for example an original and its int8 copy), or one version on two kinds of hardware."
      request={request}
      question={question}
      why={why ?? (versions.length === 0 ? "nothing deployed" : undefined)}
    >
      {(complaint) => (
        <>
          <SideFields name="First" versions={versions} side={first} onChange={setFirst} error={complaint("first")} />
          <SideFields
            name="Second"
            versions={versions}
            side={second}
            onChange={setSecond}
            error={complaint("second")}
          />
          <div className={classes.pair}>
            <NumberInput
              label="Numeric tolerance, %"
              description="relative to the larger value"
              value={percent}
              onChange={setPercent}
              min={0}
              max={100}
              error={complaint("tolerance")}
            />
            <NumberInput
              label="Requests"
              description="most recent, up to 2,000"
              value={maxRequests}
              onChange={setMaxRequests}
              min={1}
              max={2000}
              allowDecimal={false}
              error={complaint("maxRequests")}
            />
          </div>
        </>
      )}
    </RequestDialog>
  );
}

interface SideFieldsProps {
  name: string;
  versions: RequestState["versions"];
  side: Side;
  onChange: (side: Side) => void;
  error: string | undefined;
}

function SideFields({ name, versions, side, onChange, error }: SideFieldsProps) {
  return (
    <div className={classes.pair}>
      <Select
        label={`${name} version`}
        data={versions.map(({ id, label }) => ({ value: id, label }))}
        value={side.versionId}
        onChange={(versionId) => onChange({ ...side, versionId })}
        searchable
        allowDeselect={false}
        error={error}
      />
      <Select
        label={`${name} runs on`}
        data={positions}
        value={side.provider}
        onChange={(provider) => onChange({ ...side, provider: (provider ?? "") as Side["provider"] })}
        allowDeselect={false}
      />
    </div>
  );
}
