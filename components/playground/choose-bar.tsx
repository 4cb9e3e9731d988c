"use client";

import { ActionIcon, Select, type SelectProps } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { playgroundHref } from "#components/serving/addresses.ts";
import { providerName } from "#components/serving/provider-name.ts";
import { executionProviders } from "#server/serving/contract.ts";
import classes from "./choose-bar.module.css";
import type { PlaygroundVersion } from "./playground.tsx";

interface ChooseBarProps {
  model: string;
  models: string[];
  versions: PlaygroundVersion[];
  a: number;
  b: number | undefined;
  /** "" is as configured. */
  on: string;
  /** Where models can run, as configured, in order of preference. */
  providers: readonly string[];
  /** Undefined when version A has no pipeline. */
  via: "pipeline" | "tensors" | undefined;
  actions: ReactNode;
}

/** Model, one or two versions and where they run; all of it is the address. */
export function ChooseBar({ model, models, versions, a, b, on, providers, via, actions }: ChooseBarProps) {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();

  function change(changes: Record<string, string | undefined>) {
    const changed = new URLSearchParams(query);
    for (const [key, value] of Object.entries(changes)) {
      if (value) changed.set(key, value);
      else changed.delete(key);
    }
    router.replace(`${pathname}?${changed}`, { scroll: false });
  }

  const choices = versions.map(({ version, aliases, problem }) => ({
    value: `v${version}`,
    label: [`v${version}`, ...aliases].join(", ") + (problem ? ` (${problem})` : ""),
    disabled: problem !== undefined,
  }));
  const without = (other: number | undefined) => choices.filter(({ value }) => value !== `v${other}`);
  const places = [
    { value: "", label: `As configured: ${providerName(providers[0] ?? "cpu")}` },
    ...executionProviders.map((each) => ({
      value: each,
      label: providers.includes(each) || each === "cpu" ? providerName(each) : `${providerName(each)} (not configured)`,
      disabled: !providers.includes(each) && each !== "cpu",
    })),
  ];
  const common: SelectProps = {
    allowDeselect: false,
    comboboxProps: { width: "max-content", position: "bottom-start" },
  };
  return (
    <div className={classes.root}>
      <Select
        {...common}
        className={classes.model}
        label="Model"
        data={models}
        value={model}
        searchable={models.length > 10}
        onChange={(name) => name && router.push(playgroundHref(name))}
      />
      <Select
        {...common}
        className={classes.version}
        label="Version A"
        data={without(b)}
        value={`v${a}`}
        onChange={(value) => change({ a: value ?? undefined })}
      />
      <ActionIcon
        className={classes.swap}
        variant="default"
        aria-label="Exchange A and B"
        disabled={b === undefined}
        onClick={() => change({ a: `v${b}`, b: `v${a}` })}
      >
        <IconArrowsExchange size={15} stroke={1.8} />
      </ActionIcon>
      <Select
        {...common}
        className={classes.version}
        label="Version B"
        placeholder={versions.length > 1 ? "none" : "no other version"}
        data={without(a)}
        value={b === undefined ? null : `v${b}`}
        clearable
        clearButtonProps={{ "aria-label": "Without version B" }}
        disabled={versions.length < 2}
        onChange={(value) => change({ b: value ?? undefined })}
      />
      <Select
        {...common}
        className={classes.version}
        label="Run on"
        data={places}
        value={on}
        onChange={(value) => change({ on: value || undefined })}
      />
      {via && (
        <Select
          {...common}
          className={classes.version}
          label="Input"
          data={[
            { value: "pipeline", label: "Through the pipeline" },
            { value: "tensors", label: "The model's tensors" },
          ]}
          value={via}
          onChange={(value) => change({ via: value === "tensors" ? value : undefined })}
        />
      )}
      <div className={classes.actions}>{actions}</div>
    </div>
  );
}
