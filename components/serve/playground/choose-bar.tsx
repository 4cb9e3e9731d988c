"use client";

import { ActionIcon, Select, type SelectProps } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { executionProviders } from "#server/develop/registry/execution/constants.ts";
import classes from "./choose-bar.module.css";
import type { PlaygroundVersion } from "./chosen-version.ts";

interface ChooseBarProps {
  model: string;
  models: string[];
  versions: PlaygroundVersion[];
  a: number;
  b: number | undefined;
  /** "" is as configured. */
  on: string;
  /** Provider that runs B; "" is that of A. */
  onB: string;
  /** Configured execution providers, in order of preference. */
  providers: readonly string[];
  /** Undefined when version A has no pipeline. */
  via: "pipeline" | "tensors" | undefined;
  actions: ReactNode;
}

/** Renders the model, one or two versions and where they run; the address stores all of it. */
export function ChooseBar({ model, models, versions, a, b, on, onB, providers, via, actions }: ChooseBarProps) {
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
  const isProvider = (each: string) => providers.includes(each) || each === "cpu";
  const elsewhere = executionProviders.find((each) => isProvider(each) && each !== (on || providers[0] || "cpu"));
  // Comparing a version with itself is useful only if it can run in two places.
  const choicesOfB = choices
    .filter(({ value }) => value !== `v${a}` || elsewhere)
    .map((choice) => (choice.value === `v${a}` ? { ...choice, label: `v${a}, different provider` } : choice));
  const positions = [
    { value: "", label: `Default: ${providerName(providers[0] ?? "cpu")}` },
    ...executionProviders.map((each) => ({
      value: each,
      label: isProvider(each) ? providerName(each) : `${providerName(each)} (not configured)`,
      disabled: !isProvider(each),
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
        data={choices}
        value={`v${a}`}
        onChange={(value) =>
          change({ a: value ?? undefined, ...(value === `v${b}` && { b: undefined, onb: undefined }) })
        }
      />
      <ActionIcon
        className={classes.swap}
        variant="default"
        aria-label="Swap A and B"
        disabled={b === undefined}
        onClick={() => change({ a: `v${b}`, b: `v${a}`, ...(onB && { on: onB, onb: on || undefined }) })}
      >
        <IconArrowsExchange size={15} stroke={1.8} />
      </ActionIcon>
      <Select
        {...common}
        className={classes.version}
        label="Version B"
        placeholder="none"
        data={choicesOfB}
        value={b === undefined ? null : `v${b}`}
        clearable
        clearButtonProps={{ "aria-label": "Remove version B" }}
        disabled={choicesOfB.length === 0}
        onChange={(value) =>
          change({ b: value ?? undefined, onb: value === `v${a}` ? elsewhere : value ? onB : undefined })
        }
      />
      <Select
        {...common}
        className={classes.place}
        label="Run on"
        data={positions}
        value={on}
        onChange={(value) =>
          change({ on: value || undefined, ...(b === a && value === onB && { b: undefined, onb: undefined }) })
        }
      />
      {b !== undefined && elsewhere && (
        <Select
          {...common}
          className={classes.place}
          label="Run B on"
          data={[{ value: "", label: "Same as A", disabled: a === b }, ...positions.slice(1)]}
          value={onB}
          onChange={(value) => change({ onb: value || undefined })}
        />
      )}
      {via && (
        <Select
          {...common}
          className={classes.place}
          label="Input"
          data={[
            { value: "pipeline", label: "With pipeline" },
            { value: "tensors", label: "Raw model tensors" },
          ]}
          value={via}
          onChange={(value) => change({ via: value === "tensors" ? value : undefined })}
        />
      )}
      <div className={classes.actions}>{actions}</div>
    </div>
  );
}
