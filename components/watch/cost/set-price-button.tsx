"use client";

import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { type PriceBook, type PriceItem, priceItems, type SetPrices } from "#server/serve/prices/contract.ts";
import { ChangeButton } from "./change-button.tsx";
import { itemLabels } from "./price-labels.ts";

interface SetPriceButtonProps {
  book: PriceBook;
  /** Reason why it is disabled. */
  why: string | undefined;
  actorName: string;
  setPrices: (input: SetPrices) => Promise<ActionState<unknown>>;
}

const fields = ["currency", "from", "fromDay", "prices", "prices.0.amount", "prices.0.variant"];

/** Writes a price into the book, from now or from another day on. */
export function SetPriceButton({ book, why, actorName, setPrices }: SetPriceButtonProps) {
  const [item, setItem] = useState<PriceItem>("core-hour");
  const [variant, setVariant] = useState("");
  const [amount, setAmount] = useState<number | string>("");
  const [currency, setCurrency] = useState(book.currency ?? "EUR");
  const [from, setFrom] = useState("");
  const words = itemLabels[item];
  const known = book.variants[item];

  function save(reason: string) {
    const price = { item, variant: words.variant ? variant : "", amount: amount as number };
    return setPrices({ prices: [price], currency, reason, ...(from && { fromDay: from }) });
  }

  return (
    <ChangeButton
      label="Set price…"
      title="Set price?"
      evidence="Costs are calculated from usage and prices when they are viewed, so a price for a past period changes past costs."
      consequences={[
        { label: "Requests", value: "use this price within seconds; logged predictions keep their cost" },
        { label: "Undo", value: "set the previous price again, from the same hour" },
      ]}
      reasons={["New invoice", "New machine", "Correction"]}
      confirmLabel="Set price"
      done={`Price per ${words.unit} set.`}
      why={why}
      actorName={actorName}
      fields={fields}
      save={save}
    >
      {(complaints) => (
        <>
          <NativeSelect
            label="Resource"
            data={priceItems.map((each) => ({
              value: each,
              label: `${itemLabels[each].label}: ${itemLabels[each].unit}`,
            }))}
            value={item}
            onChange={(event) => setItem(event.currentTarget.value as PriceItem)}
          />
          {words.variant && (
            <TextInput
              label={words.variant}
              description={known.length > 0 ? `Detected: ${known.join(", ")}` : `Leave empty for ${words.all}`}
              placeholder={words.all}
              value={variant}
              onChange={(event) => setVariant(event.currentTarget.value)}
              error={complaints["prices.0.variant"]}
            />
          )}
          <NumberInput
            label="Amount"
            min={0}
            decimalScale={6}
            value={amount}
            onChange={setAmount}
            error={complaints["prices.0.amount"] ?? complaints.prices}
          />
          <TextInput
            label="Currency"
            maxLength={3}
            value={currency}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
            error={complaints.currency}
          />
          <TextInput
            type="date"
            label="From"
            description="Leave empty for now; otherwise, start of the day in the workspace time zone"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={complaints.from ?? complaints.fromDay}
          />
        </>
      )}
    </ChangeButton>
  );
}
